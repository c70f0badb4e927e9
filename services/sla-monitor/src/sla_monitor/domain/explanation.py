"""Why a date is what it is: steps that a citizen can follow, in Chinese and English."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from contracts.events.deadline import Step
from sla_monitor.domain.calendar import Calendar, DayKind, days_from
from sla_monitor.domain.policy import Measure, Period
from sla_monitor.domain.term import Term

_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MEASURES = {
    Measure.WORKING_HOURS: ("个工作小时", "working hour"),
    Measure.WALL_HOURS: ("小时(不分昼夜)", "hour around the clock"),
    Measure.WORKING_DAYS: ("个工作日", "working day"),
    Measure.CALENDAR_DAYS: ("日", "calendar day"),
}
LONGEST = 40
"""Steps of days shown; a longer way is cut in the middle."""


def explain(term: Term, calendar: Calendar) -> tuple[Step, ...]:
    """The way from the start to the due instant, step by step."""
    start, due = calendar.local(term.start), calendar.local(term.due)
    steps = [Step(zh=f"{_zh(start)}起算", en=f"Starts {_en(start)}")]
    if term.period is None:
        steps.append(Step(zh="期限由领导批示确定", en="The date was set by a leader's instruction"))
    else:
        steps += _rule(term, term.period)
        days = term.period.in_days or term.extended_days
        steps += _days(term, calendar) if days else _hours(term, term.period, calendar)
    if term.longer is not None:
        law = term.longer
        steps.append(
            Step(
                zh=f"法定期限更长:{law.law_zh};如需更长时间,承办单位应书面申请特殊延期并告知来电人",
                en=f"The law allows longer: {law.law_en}; more time is applied for in writing and told to the caller",
            )
        )
    steps.append(Step(zh=f"到期:{_zh(due)}", en=f"Due {_en(due)}"))
    if term.provisional(calendar):
        steps.append(
            Step(
                zh="经过的年份放假安排尚未公布,此日期为暂定,公布后重新计算",
                en="A year on the way has no holiday notice yet: the date is provisional and will be computed again",
            )
        )
    return tuple(steps)


def _rule(term: Term, period: Period) -> Iterator[Step]:
    zh, en = _MEASURES[period.measure]
    first, _, rest = en.partition(" ")
    noun = f"{first} {rest}".strip() if period.length == 1 else _plural(en)
    if term.stricter is not None:
        law = term.stricter
        yield Step(zh=f"法定期限更严,从其规定:{law.law_zh}", en=f"The law is stricter and wins: {law.law_en}")
    counted = ";起算当日不计(民法典第二百零一条)" if period.in_days else ""
    counted_en = "; the day of the start is not counted (Civil Code art. 201)" if period.in_days else ""
    yield Step(
        zh=f"期限{period.length}{zh}(依据:{period.source_zh}){counted}",
        en=f"Period: {period.length} {noun} ({period.source}){counted_en}",
    )
    if term.extended_days:
        plural = "s" if term.extended_days > 1 else ""
        yield Step(
            zh=f"经批准延期{term.extended_days}个工作日", en=f"Extended by {term.extended_days} working day{plural}"
        )


def _plural(en: str) -> str:
    return en.replace("hour", "hours") if "hour" in en else en + "s"


def _days(term: Term, calendar: Calendar) -> list[Step]:
    """Each run of days of one kind between the start and the due day."""
    period = term.period
    by_working_day = period is not None and period.measure is Measure.WORKING_DAYS
    last = calendar.local(term.due).date()
    steps: list[Step] = []
    counted = 0
    run: list[date] = []
    for day in days_from(calendar.local(term.start).date() + timedelta(days=1), last):
        if run and calendar.day(day) != calendar.day(run[0]):
            steps.append(_run(run, calendar, counted, by_working_day))
            counted += len(run) if calendar.day(run[0]).working else 0
            run = []
        run.append(day)
    if run:
        steps.append(_run(run, calendar, counted, by_working_day))
    if len(steps) > LONGEST:
        cut = Step(zh="……(中间各日同理)", en="... (the days between are counted the same way)")
        steps = [*steps[: LONGEST // 2], cut, *steps[-LONGEST // 2 :]]
    return steps


def _run(run: list[date], calendar: Calendar, before: int, by_working_day: bool) -> Step:
    day = calendar.day(run[0])
    zh, en = _span_zh(run), _span_en(run)
    first, last = before + 1, before + len(run)
    nth_zh, nth_en = (
        (f"第{first}日", f"day {first}") if first == last else (f"第{first}至{last}日", f"days {first}-{last}")
    )
    if not by_working_day:
        nth_zh, nth_en = "计入", "counted"
    match day.kind:
        case DayKind.MAKEUP:
            return Step(zh=f"{zh}为调休上班日,{nth_zh}", en=f"{en} is a make-up working day: {nth_en}")
        case DayKind.WORKING:
            return Step(zh=f"{zh}为工作日,{nth_zh}", en=f"{en}: {nth_en}")
        case DayKind.HOLIDAY:
            off_zh, off_en = f"{day.zh}放假", f"{day.en} holiday"
        case DayKind.WEEKEND:
            off_zh, off_en = "周末", "weekend"
    skip_zh, skip_en = (",不计", ", not counted") if by_working_day else ("", "")
    return Step(zh=f"{zh}{off_zh}{skip_zh}", en=f"{en}: {off_en}{skip_en}")


def _hours(term: Term, period: Period, calendar: Calendar) -> list[Step]:
    """Opening hours used on each day; nothing to show for the wall clock."""
    if period.measure is Measure.WALL_HOURS:
        return []
    steps: list[Step] = []
    start, due = calendar.local(term.start), calendar.local(term.due)
    for day in days_from(start.date(), due.date()):
        spans = calendar.opening(day)
        if not spans:
            kind = calendar.day(day)
            off_zh, off_en = (f"{kind.zh}放假", f"{kind.en} holiday") if kind.zh else ("周末", "weekend")
            steps.append(Step(zh=f"{_span_zh([day])}{off_zh},不计", en=f"{_span_en([day])}: {off_en}, not counted"))
            continue
        midnight = datetime.combine(day, datetime.min.time(), tzinfo=calendar.zone)
        for at, to in spans:
            opens, closes = midnight + timedelta(microseconds=at), midnight + timedelta(microseconds=to)
            used_from, used_to = max(opens, start), min(closes, due)
            if used_to > used_from:
                minutes = int((used_to - used_from).total_seconds() // 60)
                hours = f"{used_from:%H:%M}-{used_to:%H:%M}"
                steps.append(
                    Step(
                        zh=f"{_span_zh([day])}{hours} 计{minutes}分钟",
                        en=f"{_span_en([day])} {hours}: {minutes} minutes",
                    )
                )
    if len(steps) > LONGEST:
        cut = Step(zh="……(中间各日同理)", en="... (the days between are counted the same way)")
        steps = [*steps[: LONGEST // 2], cut, *steps[-LONGEST // 2 :]]
    return steps


def _zh(local: datetime) -> str:
    return f"{local.year}年{local.month}月{local.day}日(周{_ZH_DAYS[local.weekday()]}){local:%H:%M}"


def _en(local: datetime) -> str:
    return f"{_EN_DAYS[local.weekday()]} {local.day} {_EN_MONTHS[local.month - 1]} {local.year} {local:%H:%M}"


def _span_zh(run: list[date]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return f"{first.month}月{first.day}日(周{_ZH_DAYS[first.weekday()]})"
    end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日至{end}"


def _span_en(run: list[date]) -> str:
    first, last = run[0], run[-1]
    end = f"{last.day} {_EN_MONTHS[last.month - 1]}"
    if first == last:
        return f"{_EN_DAYS[first.weekday()]} {end}"
    start = f"{first.day}" if first.month == last.month else f"{first.day} {_EN_MONTHS[first.month - 1]}"
    return f"{start}-{end}"
