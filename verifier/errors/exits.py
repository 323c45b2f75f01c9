"""The exit code of each error: one table, so that scripts can tell them apart. A code is never given to another error.

0   all is well                        50  EndpointUnreachable
1   a fault of this program            51  EndpointTooSlow
2   bad arguments, and PathHomeless    52  EndpointAnswerTooLong
10  a finding of severity warning      53  EndpointAnswerMalformed
11  a finding of severity danger       54  EndpointRefused
20  AddressMalformed                   55  HeaderUnproven
21  HexMalformed                       56  ProofInvalid
22  NumberOutOfRange                   57  EndpointsDisagree
23  SignatureMalformed                 58  TransactionRejected
24  ApprovalOfOther                    59  TransactionUnmined
25  AbiMalformed                       60  WrongChain
26  ValueUnfit                         61  VaultMissing
27  EndpointAddressMalformed           62  CodeHashUnexpected
28  NameMalformed                      63  FoundingUnexpected
29  BundleMalformed                    64  CompanionMissing
30  ConfigurationMissing               65  CompanionUnexpected
31  ConfigurationMalformed             66  BundleOfOther
32  PinConflict                        70  any VaultError: the contract refused
33  ConfigurationUnwritable            71  UnknownRevert, and any other refusal that is not in its ABI
34  EndpointsMissing                   72  MemoryUnusable
35  ServingImpossible                  73  BundleUnwritable
40  LaneUnknown                        75  CallsUnwritable
41  LaneEmpty                          74  the output cannot be written
42  MemberUnknown                      130 interrupted by Ctrl-C
43  VaultUnnamed                       141 whoever read the output stopped reading
44  VaultUnchosen                      80  KeyFileUnusable
45  SeatEmpty                          81  PassphraseWrong
46  DemoMissing                        82  KeyOfOther
18  attest: not as the file says       19  diff: not all can come about
                                       83  KeyUnreachable
                                       84  KeyRefused
                                       85  KeyAnswerMalformed
                                       86  SignatureOfOther
                                       87  MessageUnwritable
                                       90  ActionImpossible
                                       91  EvidenceDisputed
                                       92  ReviewChanged
                                       93  DangerUnread
                                       94  NotConfirmed
                                       95  ApprovalFileMalformed
                                       96  ApprovalFileUnwritable
                                       97  ApprovalFileRefused
                                       98  CallsMalformed
                                       99  SentUnseen

100  WatchStoreCorrupt                 106  ChainLeased
101  WatchStoreForeign                 107  HappeningUnknown
102  WatchStoreLocked                  108  AuditBroken
103  WatchStoreNewer                   109  AuditUnwritable
104  WatchStoreFull                    110  DeliveryFailed
105  WatchStoreUnusable                111  RangeTooWide
                                       112  WatchConfigurationMalformed

113  GuardConfigurationMalformed       115  EndpointsDependent
114  GuardSeatUnfit                    116  HoldUnwritable

119  ReleaseRefused                    123  RepositoryUnreadable
120  ReviewRefused                     124  ReleasePolicyMalformed
121  ReleaseRecordBroken               125  ReviewInputMalformed
122  ReleaseRecordUnusable

38   any FrostMalformed                39  CurveMissing
69   CertificateUnfit                  117  NonceSpent
                                       118  DiceStuck

36   VaultFileMalformed                76  FundsMissing
37   PlanRefused                       77  DeploymentStuck
67   ChainUnfit                        78  ReleaseUnauthorised
68   CodeForeign

12   CeremonyFailed                    16  HolderUnservable
13   ParcelMalformed                   47  GroupFileMalformed
14   TranscriptDisputed                48  HolderFileUnwritable
15   AuditorMissing                    49  HolderRulesMalformed
88   ShareUnusable                     89  ShareOutdated
79   HolderFolderUnfit
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from verifier.errors import (
    bundles,
    client,
    deploying,
    endpoints,
    frost,
    guarding,
    holding,
    keys,
    memories,
    releasing,
    revert,
    setup,
    signing,
    watching,
)
from verifier.errors.tree import FourthSignerError, VaultError

FAULT: Final = 1
USAGE: Final = 2
WARNING: Final = 10
DANGER: Final = 11
DIFFERS: Final = 18
OBSTRUCTED: Final = 19

EXIT_CODES: Final = MappingProxyType(
    {
        client.AddressMalformed: 20,
        client.HexMalformed: 21,
        client.NumberOutOfRange: 22,
        client.SignatureMalformed: 23,
        client.ApprovalOfOther: 24,
        client.AbiMalformed: 25,
        client.ValueUnfit: 26,
        client.PathHomeless: USAGE,
        setup.EndpointAddressMalformed: 27,
        setup.NameMalformed: 28,
        bundles.BundleMalformed: 29,
        client.ConfigurationMissing: 30,
        client.ConfigurationMalformed: 31,
        setup.PinConflict: 32,
        setup.ConfigurationUnwritable: 33,
        setup.EndpointsMissing: 34,
        setup.ServingImpossible: 35,
        client.LaneUnknown: 40,
        client.LaneEmpty: 41,
        client.MemberUnknown: 42,
        setup.VaultUnnamed: 43,
        setup.VaultUnchosen: 44,
        setup.SeatEmpty: 45,
        setup.DemoMissing: 46,
        endpoints.EndpointUnreachable: 50,
        endpoints.EndpointTooSlow: 51,
        endpoints.EndpointAnswerTooLong: 52,
        endpoints.EndpointAnswerMalformed: 53,
        endpoints.EndpointRefused: 54,
        endpoints.HeaderUnproven: 55,
        endpoints.ProofInvalid: 56,
        endpoints.EndpointsDisagree: 57,
        endpoints.TransactionRejected: 58,
        endpoints.TransactionUnmined: 59,
        client.WrongChain: 60,
        client.VaultMissing: 61,
        client.CodeHashUnexpected: 62,
        client.FoundingUnexpected: 63,
        client.CompanionMissing: 64,
        client.CompanionUnexpected: 65,
        bundles.BundleOfOther: 66,
        VaultError: 70,
        memories.MemoryUnusable: 72,
        bundles.BundleUnwritable: 73,
        keys.KeyFileUnusable: 80,
        keys.PassphraseWrong: 81,
        keys.KeyOfOther: 82,
        keys.KeyUnreachable: 83,
        keys.KeyRefused: 84,
        keys.KeyAnswerMalformed: 85,
        keys.SignatureOfOther: 86,
        keys.MessageUnwritable: 87,
        signing.ActionImpossible: 90,
        signing.EvidenceDisputed: 91,
        signing.ReviewChanged: 92,
        signing.DangerUnread: 93,
        signing.NotConfirmed: 94,
        signing.ApprovalFileMalformed: 95,
        signing.ApprovalFileUnwritable: 96,
        signing.ApprovalFileRefused: 97,
        signing.CallsMalformed: 98,
        signing.CallsUnwritable: 75,
        signing.SentUnseen: 99,
        watching.WatchStoreCorrupt: 100,
        watching.WatchStoreForeign: 101,
        watching.WatchStoreLocked: 102,
        watching.WatchStoreNewer: 103,
        watching.WatchStoreFull: 104,
        watching.WatchStoreUnusable: 105,
        watching.ChainLeased: 106,
        watching.HappeningUnknown: 107,
        watching.AuditBroken: 108,
        watching.AuditUnwritable: 109,
        watching.DeliveryFailed: 110,
        watching.RangeTooWide: 111,
        watching.WatchConfigurationMalformed: 112,
        guarding.GuardConfigurationMalformed: 113,
        guarding.GuardSeatUnfit: 114,
        guarding.EndpointsDependent: 115,
        guarding.HoldUnwritable: 116,
        deploying.VaultFileMalformed: 36,
        deploying.PlanRefused: 37,
        deploying.ChainUnfit: 67,
        deploying.CodeForeign: 68,
        deploying.FundsMissing: 76,
        deploying.DeploymentStuck: 77,
        deploying.ReleaseUnauthorised: 78,
        releasing.ReleaseRefused: 119,
        releasing.ReviewRefused: 120,
        releasing.ReleaseRecordBroken: 121,
        releasing.ReleaseRecordUnusable: 122,
        releasing.RepositoryUnreadable: 123,
        releasing.ReleasePolicyMalformed: 124,
        releasing.ReviewInputMalformed: 125,
        frost.FrostMalformed: 38,
        frost.CurveMissing: 39,
        frost.CertificateUnfit: 69,
        frost.NonceSpent: 117,
        frost.DiceStuck: 118,
        holding.CeremonyFailed: 12,
        holding.ParcelMalformed: 13,
        holding.TranscriptDisputed: 14,
        holding.AuditorMissing: 15,
        holding.HolderUnservable: 16,
        holding.GroupFileMalformed: 47,
        holding.HolderFileUnwritable: 48,
        holding.HolderRulesMalformed: 49,
        holding.HolderFolderUnfit: 79,
        holding.ShareUnusable: 88,
        holding.ShareOutdated: 89,
        revert.Panicked: 71,
        revert.RevertedWithText: 71,
        revert.RevertedSilently: 71,
        revert.UnknownRevert: 71,
    }
)


def exit_code_of(error: FourthSignerError) -> int:
    """Return the exit code of an error, by its nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in EXIT_CODES:
            return EXIT_CODES[kind]
    return FAULT
