"""The tables. Geometries are EPSG:4326 (WGS-84); every time is stored with its zone.

``data_version`` holds one counter per kind of data ('facilities', 'regions', 'demand', 'runs'),
raised by triggers inside the transaction that changes the data. ``facility.rev`` is the counter's
value at a row's last change, so that other processes can read just what has changed since.
"""

from geoapp.store.models.applications import (
    Application,
    ApplicationDocument,
    ApplicationReview,
    ApplicationStep,
    DocumentFile,
    PlanStep,
    Rating,
    Recognition,
)
from geoapp.store.models.base import Base
from geoapp.store.models.bulk import BulkEdit
from geoapp.store.models.contests import Contest, ContestEntry
from geoapp.store.models.facilities import (
    Amenity,
    AmenityStandard,
    AmenityStandardItem,
    DataVersion,
    DuplicateDecision,
    Facility,
    FacilityCall,
    FacilityCodeAlias,
    FacilityConfirmation,
    FacilityPart,
    FacilityPlace,
    FacilityState,
    FacilityTombstone,
    FacilityWords,
    Kind,
    Region,
)
from geoapp.store.models.history import Change, ChangeChain, ChangeSeal, ChangeSet, LoggedTable
from geoapp.store.models.imports import ImportDraft, ImportHabit
from geoapp.store.models.organisations import FacilityRole, Organisation
from geoapp.store.models.people import (
    ApiKey,
    ApiKeyPace,
    AppUser,
    CalendarDay,
    CalendarYear,
    RecoveryCode,
    SchemaServes,
    SecondFactor,
    SignIn,
    SignInFailure,
    StoreLife,
    UserIdentity,
    UserLink,
    UserSession,
)
from geoapp.store.models.photos import FacilityPhoto, PhotoContent
from geoapp.store.models.points import Candidate, CandidateSet, DemandPoint, DemandSet
from geoapp.store.models.prices import ItemPrice
from geoapp.store.models.programmes import (
    Document,
    Indicator,
    IndicatorEvidence,
    IndicatorFact,
    IndicatorSplit,
    Programme,
)
from geoapp.store.models.proposals import Proposal, ProposalStep
from geoapp.store.models.public_maps import PublicMapDecision, PublicMapList, PublicMapListing
from geoapp.store.models.reports import KeptReport, KeptReportFile, ReportSchedule
from geoapp.store.models.runs import (
    CoverageSchedule,
    Publication,
    Run,
    RunArray,
    RunGap,
    RunRegion,
    RunSite,
    Scenario,
    ScenarioVersion,
)
from geoapp.store.models.saved_lists import SavedList
from geoapp.store.models.services import DutyDesk, ServiceItem, ServiceOffer
from geoapp.store.models.shares import Share, SharePace
from geoapp.store.models.use import CareEvent, OpinionPoll, VisitCount
from geoapp.store.models.voices import FacilityVoice, ReportCount, ReportSalt, WorkerReport
from geoapp.store.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "Amenity",
    "AmenityStandard",
    "AmenityStandardItem",
    "ApiKey",
    "ApiKeyPace",
    "AppUser",
    "Application",
    "ApplicationDocument",
    "ApplicationReview",
    "ApplicationStep",
    "Base",
    "BulkEdit",
    "CalendarDay",
    "CalendarYear",
    "Candidate",
    "CandidateSet",
    "CareEvent",
    "Change",
    "ChangeChain",
    "ChangeSeal",
    "ChangeSet",
    "Contest",
    "ContestEntry",
    "CoverageSchedule",
    "DataVersion",
    "DemandPoint",
    "DemandSet",
    "Document",
    "DocumentFile",
    "DuplicateDecision",
    "DutyDesk",
    "Facility",
    "FacilityCall",
    "FacilityCodeAlias",
    "FacilityConfirmation",
    "FacilityPart",
    "FacilityPhoto",
    "FacilityPlace",
    "FacilityRole",
    "FacilityState",
    "FacilityTombstone",
    "FacilityVoice",
    "FacilityWords",
    "ImportDraft",
    "ImportHabit",
    "Indicator",
    "IndicatorEvidence",
    "IndicatorFact",
    "IndicatorSplit",
    "ItemPrice",
    "KeptReport",
    "KeptReportFile",
    "Kind",
    "LoggedTable",
    "OpinionPoll",
    "Organisation",
    "PhotoContent",
    "PlanStep",
    "Programme",
    "Proposal",
    "ProposalStep",
    "PublicMapDecision",
    "PublicMapList",
    "PublicMapListing",
    "Publication",
    "Rating",
    "Recognition",
    "RecoveryCode",
    "Region",
    "ReportCount",
    "ReportSalt",
    "ReportSchedule",
    "Run",
    "RunArray",
    "RunGap",
    "RunRegion",
    "RunSite",
    "SavedList",
    "Scenario",
    "ScenarioVersion",
    "SchemaServes",
    "SecondFactor",
    "ServiceItem",
    "ServiceOffer",
    "Share",
    "SharePace",
    "SignIn",
    "SignInFailure",
    "StoreLife",
    "UserIdentity",
    "UserLink",
    "UserSession",
    "VisitCount",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WorkerReport",
]
