"""Everything that can go wrong, as one tree.

    FourthSignerError
    |-- InputError           AddressMalformed, HexMalformed, NumberOutOfRange, SignatureMalformed, ApprovalOfOther,
    |                        AbiMalformed, ValueUnfit, EndpointAddressMalformed, NameMalformed, BundleMalformed,
    |                        BundleUnwritable, ApprovalFileMalformed, ApprovalFileUnwritable, CallsMalformed,
    |                        CallsUnwritable, DangerUnread, NotConfirmed, PathHomeless, ReviewInputMalformed
    |-- ConfigurationError   ConfigurationMissing, ConfigurationMalformed, ConfigurationUnwritable, PinConflict,
    |                        ServingImpossible, EndpointsMissing, WatchConfigurationMalformed, VaultFileMalformed,
    |                        GuardConfigurationMalformed, ReleasePolicyMalformed
    |-- EvidenceError        EndpointsDisagree, EvidenceDisputed, ReviewChanged, SentUnseen
    |   `-- EndpointError    EndpointUnreachable, EndpointTooSlow, EndpointAnswerTooLong, EndpointAnswerMalformed,
    |                        EndpointRefused, HeaderUnproven, ProofInvalid, TransactionRejected, TransactionUnmined,
    |                        RangeTooWide
    |-- PinError             WrongChain, VaultMissing, CodeHashUnexpected, FoundingUnexpected, CompanionMissing,
    |                        CompanionUnexpected, BundleOfOther, ApprovalFileRefused
    |-- KeyHolderError       KeyFileUnusable, PassphraseWrong, KeyOfOther, KeyUnreachable, KeyRefused,
    |                        KeyAnswerMalformed, SignatureOfOther, MessageUnwritable
    |-- MemoryUnusable       what this client keeps of the past cannot be read or written
    |-- AbsenceError         LaneUnknown, LaneEmpty, MemberUnknown, VaultUnnamed, VaultUnchosen, SeatEmpty,
    |                        DemoMissing, ActionImpossible, HappeningUnknown
    |-- WatchError           AuditBroken, AuditUnwritable, DeliveryFailed
    |   `-- WatchStoreError  WatchStoreCorrupt, WatchStoreForeign, WatchStoreLocked, WatchStoreNewer, WatchStoreFull,
    |                        WatchStoreUnusable, ChainLeased
    |-- DeployError          PlanRefused, ChainUnfit, CodeForeign, FundsMissing, DeploymentStuck,
    |                        ReleaseUnauthorised
    |-- GuardError           GuardSeatUnfit, EndpointsDependent, HoldUnwritable
    |-- GateError            ReleaseRefused, ReviewRefused, ReleaseRecordBroken, ReleaseRecordUnusable,
    |                        RepositoryUnreadable
    `-- VaultError           what the chain refused, by the selector of the revert data:
        |-- Operation..., Lane..., Call..., Busy       operations.py
        |-- Approval...                                approvals.py
        |-- Member..., Suspension...                   members.py
        |-- Tier..., Supermajority..., Floor..., Asset..., Counterparty...   settings.py
        |-- Check...                                   checks.py, of the companion contracts
        |-- Duty...                                    duties.py
        |-- Strategy..., Venue..., Order...            strategies.py
        `-- Panicked, RevertedWithText, RevertedSilently, UnknownRevert      revert.py

Each error of the contracts has one twin of the same name, whose fields are its arguments. Every error carries its
facts, and its text is one sentence that tells what was expected, what was found and what to do.
"""

from __future__ import annotations

from verifier.errors.bundles import BundleMalformed, BundleOfOther, BundleUnwritable
from verifier.errors.client import (
    AbiMalformed,
    AddressMalformed,
    ApprovalOfOther,
    CodeHashUnexpected,
    CompanionMissing,
    CompanionUnexpected,
    ConfigurationMalformed,
    ConfigurationMissing,
    FoundingUnexpected,
    HexMalformed,
    LaneEmpty,
    LaneUnknown,
    MemberUnknown,
    NumberOutOfRange,
    PathHomeless,
    SignatureMalformed,
    ValueUnfit,
    VaultMissing,
    WrongChain,
)
from verifier.errors.deploying import (
    ChainUnfit,
    CodeForeign,
    DeployError,
    DeploymentStuck,
    FundsMissing,
    PlanRefused,
    ReleaseUnauthorised,
    VaultFileMalformed,
)
from verifier.errors.endpoints import (
    EndpointAnswerMalformed,
    EndpointAnswerTooLong,
    EndpointRefused,
    EndpointsDisagree,
    EndpointTooSlow,
    EndpointUnreachable,
    HeaderUnproven,
    ProofInvalid,
    TransactionRejected,
    TransactionUnmined,
)
from verifier.errors.exits import EXIT_CODES, exit_code_of
from verifier.errors.guarding import (
    EndpointsDependent,
    GuardConfigurationMalformed,
    GuardError,
    GuardSeatUnfit,
    HoldUnwritable,
)
from verifier.errors.keys import (
    KeyAnswerMalformed,
    KeyFileUnusable,
    KeyOfOther,
    KeyRefused,
    KeyUnreachable,
    MessageUnwritable,
    PassphraseWrong,
    SignatureOfOther,
)
from verifier.errors.memories import MemoryUnusable
from verifier.errors.releasing import (
    GateError,
    ReleasePolicyMalformed,
    ReleaseRecordBroken,
    ReleaseRecordUnusable,
    ReleaseRefused,
    RepositoryUnreadable,
    ReviewInputMalformed,
    ReviewRefused,
)
from verifier.errors.revert import (
    TWINS,
    Panicked,
    RevertedSilently,
    RevertedWithText,
    UnknownRevert,
    from_revert,
)
from verifier.errors.setup import (
    ConfigurationUnwritable,
    DemoMissing,
    EndpointAddressMalformed,
    EndpointsMissing,
    NameMalformed,
    PinConflict,
    SeatEmpty,
    ServingImpossible,
    VaultUnchosen,
    VaultUnnamed,
)
from verifier.errors.signing import (
    ActionImpossible,
    ApprovalFileMalformed,
    ApprovalFileRefused,
    ApprovalFileUnwritable,
    CallsMalformed,
    CallsUnwritable,
    DangerUnread,
    EvidenceDisputed,
    NotConfirmed,
    ReviewChanged,
    SentUnseen,
)
from verifier.errors.tree import (
    AbsenceError,
    ConfigurationError,
    EndpointError,
    EvidenceError,
    FourthSignerError,
    InputError,
    KeyHolderError,
    PinError,
    VaultError,
)
from verifier.errors.watching import (
    AuditBroken,
    AuditUnwritable,
    ChainLeased,
    DeliveryFailed,
    HappeningUnknown,
    RangeTooWide,
    WatchConfigurationMalformed,
    WatchError,
    WatchStoreCorrupt,
    WatchStoreError,
    WatchStoreForeign,
    WatchStoreFull,
    WatchStoreLocked,
    WatchStoreNewer,
    WatchStoreUnusable,
)

__all__ = [
    "EXIT_CODES",
    "TWINS",
    "AbiMalformed",
    "AbsenceError",
    "ActionImpossible",
    "AddressMalformed",
    "ApprovalFileMalformed",
    "ApprovalFileRefused",
    "ApprovalFileUnwritable",
    "ApprovalOfOther",
    "AuditBroken",
    "AuditUnwritable",
    "BundleMalformed",
    "BundleOfOther",
    "BundleUnwritable",
    "CallsMalformed",
    "CallsUnwritable",
    "ChainLeased",
    "ChainUnfit",
    "CodeForeign",
    "CodeHashUnexpected",
    "CompanionMissing",
    "CompanionUnexpected",
    "ConfigurationError",
    "ConfigurationMalformed",
    "ConfigurationMissing",
    "ConfigurationUnwritable",
    "DangerUnread",
    "DeliveryFailed",
    "DemoMissing",
    "DeployError",
    "DeploymentStuck",
    "EndpointAddressMalformed",
    "EndpointAnswerMalformed",
    "EndpointAnswerTooLong",
    "EndpointError",
    "EndpointRefused",
    "EndpointTooSlow",
    "EndpointUnreachable",
    "EndpointsDependent",
    "EndpointsDisagree",
    "EndpointsMissing",
    "EvidenceDisputed",
    "EvidenceError",
    "FoundingUnexpected",
    "FourthSignerError",
    "FundsMissing",
    "GateError",
    "GuardConfigurationMalformed",
    "GuardError",
    "GuardSeatUnfit",
    "HappeningUnknown",
    "HeaderUnproven",
    "HexMalformed",
    "HoldUnwritable",
    "InputError",
    "KeyAnswerMalformed",
    "KeyFileUnusable",
    "KeyHolderError",
    "KeyOfOther",
    "KeyRefused",
    "KeyUnreachable",
    "LaneEmpty",
    "LaneUnknown",
    "MemberUnknown",
    "MemoryUnusable",
    "MessageUnwritable",
    "NameMalformed",
    "NotConfirmed",
    "NumberOutOfRange",
    "Panicked",
    "PassphraseWrong",
    "PathHomeless",
    "PinConflict",
    "PinError",
    "PlanRefused",
    "ProofInvalid",
    "RangeTooWide",
    "ReleasePolicyMalformed",
    "ReleaseRecordBroken",
    "ReleaseRecordUnusable",
    "ReleaseRefused",
    "ReleaseUnauthorised",
    "RepositoryUnreadable",
    "RevertedSilently",
    "RevertedWithText",
    "ReviewChanged",
    "ReviewInputMalformed",
    "ReviewRefused",
    "SeatEmpty",
    "SentUnseen",
    "ServingImpossible",
    "SignatureMalformed",
    "SignatureOfOther",
    "TransactionRejected",
    "TransactionUnmined",
    "UnknownRevert",
    "ValueUnfit",
    "VaultError",
    "VaultFileMalformed",
    "VaultMissing",
    "VaultUnchosen",
    "VaultUnnamed",
    "WatchConfigurationMalformed",
    "WatchError",
    "WatchStoreCorrupt",
    "WatchStoreError",
    "WatchStoreForeign",
    "WatchStoreFull",
    "WatchStoreLocked",
    "WatchStoreNewer",
    "WatchStoreUnusable",
    "WrongChain",
    "exit_code_of",
    "from_revert",
]
