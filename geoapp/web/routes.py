"""The list of everything that answers."""

from flask_openapi3 import OpenAPI

from geoapp.web.api import (
    action_runs,
    along,
    application_documents,
    applications,
    contests,
    coverage_runs,
    duplicates,
    facilities,
    facility_parts,
    facility_photos,
    history,
    monthly_report,
    nearest,
    official,
    offline,
    organisations,
    recognitions,
    reports,
    search,
    services,
    siting_compared,
    siting_runs,
    vocabularies,
    walks,
    webhooks,
)
from geoapp.web.api import docs as api_docs
from geoapp.web.api import programmes as programmes_api
from geoapp.web.api import proposals as proposals_api
from geoapp.web.api import public_maps as public_maps_api
from geoapp.web.api import standards as standards_api
from geoapp.web.api import use as use_api
from geoapp.web.api import use_reach as use_reach_api
from geoapp.web.ogc import tiles as ogc
from geoapp.web.pages import (
    account,
    actions,
    board,
    catalogue,
    choose_password,
    chrome,
    embed,
    feeds,
    help,
    hits,
    in_view,
    maps,
    new_programme,
    photos,
    programmes,
    provider,
    report,
    robots,
    scenarios,
    second_factor,
    shares,
    sign_in,
    spacing,
    standards,
    station,
    tiles,
    use,
    use_reach,
)
from geoapp.web.pages import along as along_pages
from geoapp.web.pages import offline as kept_finder
from geoapp.web.pages.admin import photos as admin_photos
from geoapp.web.pages.admin import sign_ins as admin_sign_ins
from geoapp.web.pages.admin import users as admin_users
from geoapp.web.pages.admin import webhooks as admin_webhooks
from geoapp.web.pages.coverage import hours as coverage_hours
from geoapp.web.pages.coverage import kept_reports, monthly, published, two_days
from geoapp.web.pages.coverage import manager as coverage
from geoapp.web.pages.coverage import planner as plan
from geoapp.web.pages.coverage import through_time as coverage_time
from geoapp.web.pages.finder import views as finder
from geoapp.web.pages.siting import compare as siting_compare
from geoapp.web.pages.siting import trial as siting_trial
from geoapp.web.pages.siting import views as siting
from geoapp.web.pages.steward import bulk as steward_bulk
from geoapp.web.pages.steward import call_sheets as steward_call_sheets
from geoapp.web.pages.steward import calls as steward_calls
from geoapp.web.pages.steward import contests as steward_contests
from geoapp.web.pages.steward import duplicates as steward_duplicates
from geoapp.web.pages.steward import history as steward_history
from geoapp.web.pages.steward import listing as steward_list
from geoapp.web.pages.steward import offers as steward_offers
from geoapp.web.pages.steward import organisations as steward_organisations
from geoapp.web.pages.steward import overview as steward
from geoapp.web.pages.steward import photos as steward_photos
from geoapp.web.pages.steward import places as steward_places
from geoapp.web.pages.steward import prices as steward_prices
from geoapp.web.pages.steward import public_map_import as steward_public_map_import
from geoapp.web.pages.steward import public_maps as steward_public_maps
from geoapp.web.pages.steward import record as steward_record
from geoapp.web.pages.steward import relations as steward_relations
from geoapp.web.pages.steward import reports as steward_reports
from geoapp.web.pages.steward import saved_lists as steward_lists
from geoapp.web.pages.steward import sources as steward_sources
from geoapp.web.pages.steward import use as steward_use
from geoapp.web.pages.steward.applications import form as applications_form
from geoapp.web.pages.steward.applications import listing as applications_list
from geoapp.web.pages.steward.applications import one as applications_one
from geoapp.web.pages.steward.imports import steps as steward_import


def register_routes(app: OpenAPI) -> None:
    """Register every page and every part of the API."""
    for api in (
        coverage_runs.api,
        official.api,
        monthly_report.api,
        offline.api,
        siting_compared.api,
        siting_runs.api,
        action_runs.api,
        history.api,
        duplicates.api,
        facilities.api,
        facility_parts.api,
        facility_photos.api,
        nearest.api,
        along.api,
        search.api,
        services.api,
        contests.api,
        use_api.api,
        use_reach_api.api,
        public_maps_api.api,
        organisations.api,
        programmes_api.api,
        proposals_api.api,
        standards_api.api,
        recognitions.api,
        reports.api,
        applications.api,
        application_documents.api,
        vocabularies.api,
        walks.api,
        webhooks.api,
    ):
        app.register_api(api)
    for blueprint in (
        api_docs.blueprint,
        chrome.blueprint,
        finder.blueprint,
        along_pages.blueprint,
        hits.blueprint,
        in_view.blueprint,
        kept_finder.blueprint,
        station.blueprint,
        report.blueprint,
        robots.blueprint,
        help.blueprint,
        catalogue.blueprint,
        plan.blueprint,
        siting.blueprint,
        actions.blueprint,
        scenarios.blueprint,
        board.blueprint,
        siting_compare.blueprint,
        siting_trial.blueprint,
        coverage.blueprint,
        coverage_hours.blueprint,
        coverage_time.blueprint,
        two_days.blueprint,
        programmes.blueprint,
        new_programme.blueprint,
        standards.blueprint,
        spacing.blueprint,
        use.blueprint,
        use_reach.blueprint,
        published.blueprint,
        monthly.blueprint,
        kept_reports.blueprint,
        shares.blueprint,
        maps.blueprint,
        embed.blueprint,
        feeds.blueprint,
        ogc.blueprint,
        steward.blueprint,
        steward_calls.blueprint,
        steward_call_sheets.blueprint,
        steward_history.blueprint,
        steward_duplicates.blueprint,
        steward_public_maps.blueprint,
        steward_public_map_import.blueprint,
        steward_import.blueprint,
        steward_list.blueprint,
        steward_bulk.blueprint,
        steward_lists.blueprint,
        steward_record.blueprint,
        steward_photos.blueprint,
        steward_places.blueprint,
        steward_offers.blueprint,
        steward_contests.blueprint,
        steward_organisations.blueprint,
        steward_relations.blueprint,
        steward_reports.blueprint,
        steward_sources.blueprint,
        steward_prices.blueprint,
        steward_use.blueprint,
        photos.blueprint,
        tiles.blueprint,
        applications_list.blueprint,
        applications_form.blueprint,
        applications_one.blueprint,
        sign_in.blueprint,
        provider.blueprint,
        account.blueprint,
        second_factor.blueprint,
        choose_password.blueprint,
        admin_sign_ins.blueprint,
        admin_users.blueprint,
        admin_photos.blueprint,
        admin_webhooks.blueprint,
    ):
        app.register_blueprint(blueprint)
