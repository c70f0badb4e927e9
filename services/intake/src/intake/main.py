"""Intake's composition root."""

from chassis.documents import Documents, in_no_hurry
from chassis.runtime import Built, Runtime
from contracts.words import Service
from intake import agent_pages, attachments_api, caller_pages, filing_pages, http_api, numbers_api, pages, uploads
from intake.allocator import NumberAllocator
from intake.consumers import consumers
from intake.domain.rules import FileRules, IntakeRules
from intake.doors import Doors
from intake.files import MongoFiles
from intake.number_watch import number_watch
from intake.store import APPEALS, INDEXES, UNIT_FILES, MongoAppeals, MongoFilings, MongoLineKeys, MongoWrongCodes
from intake.tickets import Tickets
from intake.use_cases.count_address import CountAddress
from intake.use_cases.file_appeal import FileAppeal
from intake.use_cases.keep_files import KeepFiles
from intake.use_cases.object_to_guidance import ObjectToGuidance
from intake.use_cases.record_attempt import RecordAttempt
from intake.use_cases.register_appeal import RegisterAppeal
from intake.use_cases.reveal_caller import RevealCaller
from intake.use_cases.seal_contacts import SealContacts
from intake.use_cases.show_appeal import ShowAppeal
from intake.use_cases.supplement_appeal import SupplementAppeal
from intake.use_cases.tell_unit_file import TellUnitFile
from intake.use_cases.withdraw_appeal import WithdrawAppeal
from intake.vault import MongoVault


def build(runtime: Runtime) -> Built:
    """Put intake together."""
    store, keys, clock, settings = runtime.store, runtime.keys, runtime.clock, runtime.settings
    rules = IntakeRules()

    def documents_of(name: str, rules: IntakeRules | FileRules) -> Documents:
        return Documents(
            store,
            name,
            rules,
            bus=runtime.bus,
            clock=clock,
            metrics=runtime.metrics,
            activity=runtime.activity,
            presence=runtime.presence,
            patient=in_no_hurry,
        )

    documents = documents_of(APPEALS, rules)
    unit_files = documents_of(UNIT_FILES, FileRules())
    vault = MongoVault(store, keys, runtime.ids)
    appeals = MongoAppeals(store, documents.collection)
    files = MongoFiles(store, keys)
    line_keys = MongoLineKeys(store)
    allocator = NumberAllocator(
        documents,
        rules,
        vault,
        store=store,
        clock=clock,
        ids=runtime.ids,
        keys=keys,
        metrics=runtime.metrics,
        activity=runtime.activity,
        area=settings.area_code,
        jurisdiction=settings.jurisdiction,
    )
    # A virtual day passes in seconds: there is nobody to alarm.
    watches = () if runtime.virtual_time else (number_watch(appeals, clock, runtime.metrics, settings.area_code),)
    seal = SealContacts(documents, vault, line_keys)
    register = RegisterAppeal(allocator, keys, clock, settings.area_code)
    filings = MongoFilings(store, settings.public_appeals_an_hour)
    count = CountAddress(filings, MongoFilings(store, settings.public_uploads_an_hour), keys)
    keep = KeepFiles(files, keys, clock)
    file = FileAppeal(register, count, keep)
    doors = Doors(
        register=register,
        file=file,
        count=count,
        keep=keep,
        tickets=Tickets(keys),
        show=ShowAppeal(appeals, MongoWrongCodes(store), keys),
        supplement=SupplementAppeal(documents, vault, seal),
        withdraw=WithdrawAppeal(documents, vault),
        objection=ObjectToGuidance(documents, vault, file),
        reveal=RevealCaller(documents, vault),
        attempt=RecordAttempt(documents),
        files=files,
        line_keys=line_keys,
        clock=clock,
        keys=keys,
    )
    return Built(
        documents=(documents, unit_files),
        consumers=consumers(documents, seal),
        routers=(
            http_api.router(doors),
            attachments_api.router(files, appeals, keys, clock, TellUnitFile(unit_files)),
            numbers_api.router(appeals, clock, settings.area_code),
            pages.router(doors, runtime.ids),
            caller_pages.router(doors, runtime.ids),
            agent_pages.router(doors, runtime.ids),
            filing_pages.router(doors, runtime.ids),
        ),
        indexes=INDEXES,
        parts=(allocator, *watches),
        templates=(pages.TEMPLATES,),
        catalogues=(pages.CATALOGUE,),
        lane_of=http_api.lane_of,
        watched_doors=attachments_api.DOORS,
        larger_bodies=(attachments_api.LARGER, uploads.LARGER),
    )


def main() -> None:
    """Run intake as a process of its own."""
    from chassis.run import serve

    serve(Service.INTAKE, build)


if __name__ == "__main__":
    main()
