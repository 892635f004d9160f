"""What pages say, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Text:
    """The same in both languages."""

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        """Return it in one language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks one language."""

    lang: Lang = "zh"

    def __call__(self, key: str, **values: object) -> str:
        """Return what `key` is called, with `values` in its places; whole numbers get commas.

        Examples
        --------
        >>> Words("en")("hidden", least=3, n=1200)
        'Fewer than 3: not coloured (1,200 in all), which does not mean no problems'
        """
        said = {k: f"{v:,}" if isinstance(v, int) else v for k, v in values.items()}
        return WORDS[key].of(self.lang).format(**said)

    def of(self, text: Text) -> str:
        """Return a text in this language."""
        return text.of(self.lang)

    def when(self, moment: datetime) -> str:
        """Return date and time as read in Shanghai.

        Examples
        --------
        >>> from datetime import UTC
        >>> new_year = datetime(2026, 1, 1, tzinfo=UTC)
        >>> Words("zh").when(new_year), Words("en").when(new_year)
        ('2026-01-01 08:00', '1 Jan 2026 08:00')
        """
        return f"{self.day(moment)} {moment.astimezone(SHANGHAI):%H:%M}"

    def day(self, moment: datetime) -> str:
        """Return the date as read in Shanghai."""
        local = moment.astimezone(SHANGHAI)
        return f"{local:%Y-%m-%d}" if self.lang == "zh" else f"{local.day} {local:%b %Y}"

    def number(self, value: float) -> str:
        """Return a number with commas and a true minus sign.

        Examples
        --------
        >>> Words().number(-1234), Words().number(0.25), Words().number(12500.0)
        ('−1,234', '0.25', '12,500')
        """
        text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"
        return text.replace("-", "\N{MINUS SIGN}")

    def rounded(self, value: float) -> str:
        """Return a number of at most three figures, or as a whole one: 0.123, 12.3, 1,234.

        Examples
        --------
        >>> [Words().rounded(value) for value in (0.12345, 12.345, 1234.5)]
        ['0.123', '12.3', '1,234']
        """
        whole = 100.0
        return (
            self.number(round(value)) if abs(value) >= whole else self.number(float(f"{value:.3g}"))
        )


def _table(**rows: tuple[str, str]) -> Mapping[str, Text]:
    return MappingProxyType({key: Text(zh, en) for key, (zh, en) in rows.items()})


WORDS = _table(
    brand=("城市网格治理", "City grids"),
    # the frame
    updated=("更新于 {when}", "Drawn {when}"),
    badge=("第 {number} 版 · {name} · 自 {day}", "Generation {number} · {name} · from {day}"),
    no_generation=("尚无网格版本", "No generation yet"),
    from_file=("取自文件 {file}", "From the file {file}"),
    base=(
        "底图由本市街道、水系与绿地绘成，不取外部瓦片。",
        "Base map from the city's own streets, water and green; no outside tiles.",
    ),
    source=("来源：{what}。", "Source: {what}."),
    north=("上北 ↑", "North ↑"),
    north_letter=("北", "N"),
    more=("另有 {n} 项", "and {n} more"),
    home=("回到全图", "Whole map"),
    fullscreen=("全屏", "Full screen"),
    print=("打印", "Print"),
    zoom_in=("放大", "Zoom in"),
    zoom_out=("缩小", "Zoom out"),
    later=("放大后显示", "when closer"),
    layers=("图层", "Layers"),
    legend=("图例", "Legend"),
    scale=("比例尺约 1:{n}", "Scale about 1:{n}"),
    no_data=("无数据", "no data"),
    missing_glyphs=("〓 代替字库没有的字", "〓 stands for signs that the font lacks"),
    simplified=("边界已简化，容差 {tolerance} 米", "Borders simplified, tolerance {tolerance} m"),
    window=("{first} 至 {last}", "{first} to {last}"),
    doubted=("{n} 件位置存疑，未画出", "{n} of doubtful place are not drawn"),
    doubted_heat=("{n} 件位置存疑，未计入热力", "{n} of doubtful place are not counted"),
    unplaced=("{n} 个没有位置，未画出", "{n} without a place are not drawn"),
    left_at_home=(
        "楼栋名称与地址因数量未随页携带，部件只带类别、编号与状态",
        "So many: buildings travel without names and addresses, facilities with class and code",
    ),
    clustered=("远看成簇，数字为个数", "Clustered from afar; the number is a count"),
    no_incidents=("无案件", "No incidents"),
    incidents_window=("案件：{window}", "Incidents: {window}"),
    city_title=("城市一张图", "The city on one map"),
    city_subtitle=("网格、部件、摄像头与案件", "Grids, facilities, cameras and incidents"),
    city_source=("本市网格、楼栋、部件、摄像头与案件库", "the city's registers"),
    # reports
    gap=("", " "),
    borders=("网格边界", "Borders of grids"),
    base_layers=("底图", "Base map"),
    open=("在办", "Open"),
    faulty=("非完好", "Not intact"),
    median=("中位数", "Median"),
    range=("最小–最大", "Least–most"),
    hexagons=("着色六边形", "Coloured hexagons"),
    most_in_one=("单格最多", "Most in one"),
    plan_report=("网格调整方案", "Plan of grids"),
    plan_none=("尚无方案", "There is no plan yet"),
    plan_subtitle=(
        "方案 {number} · 第 {step} 步 · {stage} · 基于第 {generation} 版网格",
        "Plan {number} · step {step} · {stage} · of generation {generation}",
    ),
    stage_draft=("草案", "draft"),
    stage_review=("审核中", "in review"),
    stage_approved=("已批准", "approved"),
    stage_published=("已发布", "published"),
    stage_dropped=("已放弃", "dropped"),
    plan_balance=("工作量偏差", "Work off the mean"),
    plan_unit=("占平均的百分比", "share of the mean"),
    plan_off=("工作量偏差", "Work off the mean"),
    plan_area=("面积（公顷）", "Area (ha)"),
    plan_new=("新边界", "New borders"),
    plan_old=("原边界", "Old borders"),
    plan_moved=("变动地块", "Moved blocks"),
    plan_grids=("网格数", "Grids"),
    plan_cv=("不均衡度（CV）", "Unevenness (CV)"),
    plan_moved_share=("变动户数", "Households moved"),
    plan_worst=("最大偏差", "Largest deviation"),
    plan_table=("各网格（偏差大者在前）", "Grids, the farthest off first"),
    plan_line=(
        "{code}：{off}，{households} 户，{area} 公顷",
        "{code}: {off}, {households} households, {area} ha",
    ),
    heat_report=("案件热力图", "Heat of incidents"),
    grid_report=("{level}分布图", "Grids: {level}"),
    value_report=("各{level}{value}", "{value} by {level}"),
    value_households=("户数", "Households"),
    value_persons=("人数", "Persons"),
    value_elderly=("60 岁以上人数", "Persons of 60 and older"),
    value_area_ha=("面积", "Area"),
    value_households_per_ha=("户密度", "Household density"),
    value_persons_per_ha=("人口密度", "Population density"),
    colours_differ=("颜色只为区分相邻网格", "Colours only tell neighbours apart"),
    natural_classes=("自然断点分级，界限取两位有效数字", "Natural breaks, rounded to two figures"),
    lower_bounds=(
        "数字为各级下限，其下为网格数",
        "Figures are lower bounds; under them the number of grids",
    ),
    no_data_of=("无数据，{n} 个", "No data: {n}"),
    facility_report=("部件分布图：按大类", "Facilities by class"),
    facility_report_state=("部件分布图：按状态", "Facilities by state"),
    facility_subtitle=("部件普查成果，一个符号一个部件", "As surveyed; one symbol is one facility"),
    camera_report=("摄像头分布图", "Cameras"),
    camera_subtitle=("位置与已知朝向，不含画面", "Where they stand and look; no pictures"),
    looks_surveyed=("朝向已实测", "Bearing surveyed"),
    looks_roughly=("朝向按八方位", "Bearing by eighths"),
    looks_round=("全景", "All round"),
    looks_unknown=("朝向不明", "Bearing unknown"),
    sector_is_no_view=(
        "扇形只示朝向，不是可视范围",
        "A sector shows a bearing, not what can be seen",
    ),
    incident_report=("案件状态图", "Incidents by state"),
    group_waiting=("待受理", "Waiting"),
    group_filed=("待派遣", "To be assigned"),
    group_dispatched=("处置中", "In work"),
    group_handled=("待核查", "To be checked"),
    group_overdue=("超时", "Overdue"),
    group_closed=("已结案或不予立案", "Closed or rejected"),
    # kinds of feature
    grids=("网格", "Grids"),
    grid=("网格", "Grid"),
    buildings=("楼栋", "Buildings"),
    facilities=("部件", "Facilities"),
    cameras=("摄像头", "Cameras"),
    places=("服务点", "Places"),
    incidents=("案件", "Incidents"),
    heat=("案件热力", "Incident heat"),
    land=("陆地", "Land"),
    landcover=("水系绿地", "Water and green"),
    streets=("街道", "Streets"),
    data=("数据", "Data"),
    neighbours=("网格着色", "Neighbours"),
    # headings of the cards
    name=("名称", "Name"),
    code=("编码", "Code"),
    address=("地址", "Address"),
    use=("用途", "Use"),
    floors=("层数", "Storeys"),
    households=("户", "Households"),
    persons=("人", "Persons"),
    elderly=("60 岁以上", "60 and older"),
    category=("类别", "Class"),
    painted_number=("编号", "Number"),
    state=("状态", "State"),
    street=("街道", "Street"),
    in_charge=("主管部门", "In charge"),
    site=("位置", "Site"),
    height_m=("高度 米", "Height m"),
    azimuth_deg=("朝向 度", "Bearing deg"),
    fov_deg=("视角 度", "View deg"),
    kind=("类型", "Kind"),
    reported_at=("上报", "Reported"),
    due_at=("时限", "Due"),
    count=("案件数", "Incidents"),
    cell=("H3 编号", "H3 cell"),
    level=("层级", "Level"),
    grid_code=("所属网格", "Grid"),
    # words of choices
    residential=("住宅", "residential"),
    commerce=("商业", "commerce"),
    office=("办公", "office"),
    school=("学校", "school"),
    hospital=("医院", "hospital"),
    factory=("厂房", "factory"),
    other=("其他", "other"),
    intact=("完好", "intact"),
    damaged=("破损", "damaged"),
    lost=("丢失", "lost"),
    abandoned=("废弃", "abandoned"),
    unstated=("未登记", "not stated"),
    junction=("路口", "junction"),
    gate=("出入口", "gate"),
    street_side=("沿街", "street"),
    park=("公园", "park"),
    fixed=("枪机", "fixed"),
    dome=("半球", "dome"),
    ptz=("球机", "PTZ"),
    panorama=("全景", "panorama"),
    facility=("部件", "facility"),
    event=("事件", "event"),
    # heat
    heat_title=("每六边形案件数", "Incidents per hexagon"),
    heat_unit=("H3 {resolution} 级，约 {hectares} 公顷", "H3 {resolution}, about {hectares} ha"),
    hidden=(
        "少于 {least} 件不着色，共 {n} 件，不等于没有问题",
        "Fewer than {least}: not coloured ({n} in all), which does not mean no problems",
    ),
    none_hidden=(
        "少于 {least} 件不着色，不等于没有问题",
        "Fewer than {least}: not coloured, which does not mean no problems",
    ),
)
"""Every fixed text; ``{...}`` is filled in."""

USES = ("residential", "commerce", "office", "school", "hospital", "factory", "other")
STATES = ("intact", "damaged", "lost", "abandoned")
SITES = ("junction", "gate", "park", "other")


def choices(keys: tuple[str, ...], say: Words) -> dict[str, str]:
    """Return what the choices of a field are called."""
    return {key: say(key) for key in keys}
