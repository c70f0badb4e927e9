"""What the classifier says of an appeal, and when it asks a person."""

import pytest

from classifier.data.loading import shipped_tables
from classifier.domain.text_model import Models
from classifier.domain.verdict import Context, Verdict, classify
from classifier.model.starter import starter_models
from contracts.words import AppealType, Exclusion, Urgency

TABLES = shipped_tables()
MODELS = starter_models()


def judge(text: str, context: Context | None = None) -> Verdict:
    return classify(text, context or Context(), TABLES, MODELS)


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("请问身份证丢了怎么补办", AppealType.INQUIRY, "public-security"),
        ("我们楼从昨晚开始停水，麻烦派人来看看", AppealType.HELP, "water-group"),
        ("投诉3路公交司机到站不停还骂人", AppealType.COMPLAINT, "bus-company"),
        ("举报有人在楼顶违章搭建铁皮房", AppealType.REPORT, "urban-management"),
        ("建议在小学门口增设红绿灯", AppealType.SUGGESTION, "traffic-police"),
        ("衷心感谢热心的出租车司机拾金不昧", AppealType.PRAISE, "transport-bureau"),
        ("打错了", AppealType.OTHER, "hotline-center"),
        ("我哋成棟樓冇水用，唔該快啲派人嚟", AppealType.HELP, "water-group"),
        ("How do I renew my passport?", AppealType.INQUIRY, "public-security"),
    ],
)
def test_each_type_and_its_unit_are_told(text: str, kind: AppealType, unit: str) -> None:
    verdict = judge(text)
    assert (kind, unit) == (verdict.type, verdict.units[0].unit)


def test_what_an_operator_adds_does_not_change_topic_and_unit() -> None:
    bare = judge("幸福里小区停电，老人受不了")
    dressed = judge("市民来电反映:幸福里小区停电，老人受不了，谢谢！（请职能局按规定在30分钟内联系市民，响应处置）")
    assert (bare.topic, bare.units[0].unit) == (dressed.topic, dressed.units[0].unit)


def test_evidence_spans_hold_in_the_text_as_it_came() -> None:
    text = "市民来电反映：人行道上的井盖不见了，请城管核实处理"
    hazard = next(item for item in judge(text).evidence if item.part == "hazard")
    assert "井盖不见" == text[hazard.start : hazard.end][:4]


def test_a_fire_with_injured_alerts_both_lines_fire_first() -> None:
    verdict = judge("楼下饭店着火了，有人烧伤昏迷了")
    assert ("119", "120") == verdict.emergency_lines
    assert Urgency.EMERGENCY is verdict.urgency


def test_a_gas_leak_leaves_work_for_the_gas_company() -> None:
    verdict = judge("厨房天然气泄漏，味道很大")
    assert (("119",), True, None) == (verdict.emergency_lines, verdict.work_order_follows, verdict.exclusion)


def test_a_pure_emergency_proposes_the_emergency_line_and_needs_no_order() -> None:
    verdict = judge("有人落水了，在河里挣扎")
    assert (False, Exclusion.EMERGENCY_LINE) == (verdict.work_order_follows, verdict.exclusion)


def test_an_open_manhole_is_urgent_and_no_emergency() -> None:
    verdict = judge("人行道上井盖不见了，晚上看不清")
    assert ((), True, Urgency.URGENT) == (verdict.emergency_lines, verdict.hazard, verdict.urgency)


def test_a_suspect_that_is_not_raised_is_urgent_and_goes_to_a_person_first() -> None:
    verdict = judge("请问社保卡在哪里办", Context(suspect_lines=("120",)))
    assert (Urgency.URGENT, True) == (verdict.urgency, verdict.dangerous)
    assert "suspect.not_raised" in verdict.unsure


def test_the_unit_that_should_mend_is_subject_and_gets_the_complaint() -> None:
    verdict = judge("供电局报修三天没来修，我家还没电")
    assert ("power-supply", None, "power-supply") == (
        verdict.subject_unit,
        verdict.accused_unit,
        verdict.units[0].unit,
    )


def test_an_accusation_goes_to_supervision_and_never_to_the_accused_unit() -> None:
    verdict = judge("城管局的执法人员动手打我，还威胁我")
    assert "urban-management" == verdict.accused_unit
    assert "supervision-office" == verdict.units[0].unit
    assert "urban-management" not in [unit.unit for unit in verdict.units]


def test_an_accusation_without_a_clear_unit_is_decided_by_a_person() -> None:
    verdict = judge("工作人员收了好处费才给办")
    assert "accusation.without_unit" in verdict.unsure


def test_a_proposed_exclusion_is_never_decided_by_the_machine() -> None:
    verdict = judge("法院判决了对方不执行，你们管管")
    assert Exclusion.LEGAL_CHANNEL is verdict.exclusion
    assert "exclusion.proposed" in verdict.unsure


def test_a_meaningless_text_is_sent_to_a_person() -> None:
    assert judge("嗯，那个，就是那个事").unsure


def test_a_named_accused_unit_of_the_form_bars_that_unit() -> None:
    verdict = judge("小区停电没人来修", Context(accused_unit="power-supply"))
    assert "power-supply" not in [unit.unit for unit in verdict.units]


@pytest.mark.parametrize(
    ("written", "accused"),
    [
        ("城管", ("urban-management",)),
        ("市城管局执法大队", ("urban-management",)),
        ("Urban-Management", ("urban-management",)),
        (" urban management ", ("urban-management",)),
        ("公安局交警支队", ("public-security", "traffic-police")),
    ],
)
def test_the_form_may_name_the_accused_unit_as_people_do(written: str, accused: tuple[str, ...]) -> None:
    verdict = judge("小区停电没人来修", Context(accused_unit=written))
    assert accused == (verdict.accused_unit, *verdict.further_accused)
    assert "accusation.without_unit" not in verdict.unsure
    assert "supervision-office" == verdict.units[0].unit


def test_whom_the_text_accuses_stays_accused_beside_whom_the_form_names() -> None:
    text = "反映交警大队的民警在路口执法时态度恶劣，还骂人"
    named = judge(text).accused_unit
    assert named is not None
    verdict = judge(text, Context(accused_unit="水务局"))
    assert ("water-group", (named,)) == (verdict.accused_unit, verdict.further_accused)
    assert not {"water-group", "public-security", "traffic-police"} & {one.unit for one in verdict.units}


def test_a_name_on_the_form_that_no_unit_bears_is_for_a_person_and_lets_nobody_off() -> None:
    text = "反映交警大队的民警在路口执法时态度恶劣，还骂人"
    verdict = judge(text, Context(accused_unit="某某局"))
    assert (judge(text).accused_unit, True) == (verdict.accused_unit, "accusation.without_unit" in verdict.unsure)
    assert "accusation.without_unit" in judge("小区停电没人来修", Context(accused_unit="某某局")).unsure


def test_rules_alone_judge_when_there_is_no_model() -> None:
    verdict = classify("请问身份证丢了怎么补办", Context(), TABLES, Models())
    assert (AppealType.INQUIRY, "") == (verdict.type, verdict.versions.model)


@pytest.mark.parametrize("text", ["", " ", "?", "1234567890", "😀😀", "啊" * 20_000])
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = judge(text)
    assert 0.0 <= verdict.confidence <= 1.0
