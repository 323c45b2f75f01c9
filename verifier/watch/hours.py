"""Local time: whether it is night at a place, and when some hour strikes there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from verifier.model.routes import Daily, Hours
from verifier.model.units import Timestamp


def quiet_until(hours: Hours | None, now: Timestamp) -> Timestamp:
    """Return when these hours end, if it is one of them, or now."""
    if hours is None:
        return now
    zone = ZoneInfo(hours.zone)
    local = datetime.fromtimestamp(now, zone)
    minute = local.hour * 60 + local.minute
    if not _is_within(hours, minute):
        return now
    end = _moment(local.date(), hours.last, zone)
    # An end that was struck already is tomorrow's; where clocks go back, it may be struck twice.
    return end if end > now else _moment(local.date() + timedelta(days=1), hours.last, zone)


def latest_strike(daily: Daily, now: Timestamp) -> tuple[date, Timestamp]:
    """Return the last time up to now at which the hour struck: the local date, and the moment."""
    zone = ZoneInfo(daily.zone)
    today = datetime.fromtimestamp(now, zone).date()
    moment = _moment(today, daily.minute, zone)
    if moment <= now:
        return today, moment
    yesterday = today - timedelta(days=1)
    return yesterday, _moment(yesterday, daily.minute, zone)


def strike_before(daily: Daily, day: date) -> Timestamp:
    """Return when the hour struck on the day before."""
    return _moment(day - timedelta(days=1), daily.minute, ZoneInfo(daily.zone))


def _is_within(hours: Hours, minute: int) -> bool:
    if hours.first < hours.last:
        return hours.first <= minute < hours.last
    return minute >= hours.first or minute < hours.last


def _moment(day: date, minute: int, zone: ZoneInfo) -> Timestamp:
    """Return when clocks show this; an hour that they leave out is taken as if they had not."""
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return Timestamp(int(local.astimezone(UTC).timestamp()))
