"""What columns are called in the files of cities, in Chinese and English, field by field."""

from collections.abc import Mapping
from types import MappingProxyType

from gis_grid.exchange.shapefile_names import short_name


def _words(text: str) -> tuple[str, ...]:
    own, *others = text.split()
    return tuple(dict.fromkeys((own, short_name(own), *others)))


ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": _words(
            "code 编码 编号 代码 标识码 案件编号 案件编码 工单编号 任务号 部件编码 部件编号 "
            "设备编码 "
            "设备编号 网格编码 楼栋编码 objid bm dm bgid adcode id objectid fid number no ref "
            "hydrant_id case_enquiry_id service_request_id asset_id gid uid osm_id"
        ),
        "name": _words(
            "name 名称 mc objname name_zh name:zh title 姓名 xm 设备名称 网格名称 社区名称"
        ),
        "level": _words("level 层级 级别 网格级别 网格层级 admin_level"),
        "parent_code": _words(
            "parent_code 上级编码 父级编码 上级网格编码 parent parentid parent_id 上级 "
            "sjbm 所属网格编码"
        ),
        "area_code": _words("area_code 区划代码 统计用区划代码 行政区划代码 xzqdm qhdm"),
        "area_code_year": _words("area_code_year 区划代码年份 年份 vintage"),
        "unit_code": _words("unit_code 单元网格编码 单元网格 bgcode"),
        "grade": _words("grade 管理等级 等级"),
        "households": _words("households 户数 总户数 户 hs house_count"),
        "persons": _words("persons 人数 人口 总人口 常住人口 population pop totpop rks"),
        "elderly": _words("elderly 老年人 老年人口 老人数 60岁以上 age60"),
        "source": _words("source 来源 数据来源 上报来源 datasource origin"),
        "building_code": _words("building_code 楼栋编码 所属楼栋 building 楼栋 building_id"),
        "address": _words(
            "address 地址 详细地址 案发地址 位置描述 locatedsc addr location 位置 dz 门牌地址"
        ),
        "use": _words("use 用途 使用性质 building_use 建筑用途 房屋用途"),
        "floors": _words(
            "floors 楼层 层数 楼层数 总层数 地上层数 floor storeys building:levels levels cs"
        ),
        "height_m": _words("height_m 高度 楼高 建筑高度 安装高度 杆高 height gd"),
        "dialect": _words("dialect 编码规则 编码版本"),
        "category": _words(
            "category 类别 小类 小类编码 类型 分类 部件小类 案件小类 objcode type kind class "
            "fclass road_class 道路等级"
        ),
        "painted_number": _words("painted_number 喷涂编号 杆号 灯杆号 井盖编号 牌号 ldcode plate"),
        "police_number": _words("police_number 警务编号 公安编号 报警编号 gacode"),
        "state": _words("state 状态 案件状态 部件状态 objstate status zt case_status"),
        "street": _words("street 道路 道路名称 街道名称 所在道路 road street_name addr:street"),
        "in_charge": _words("in_charge 主管部门 deptname1 主管单位 department"),
        "owner": _words("owner 权属单位 deptname2 产权单位 所属单位 operator"),
        "maintainer": _words("maintainer 养护单位 deptname3 维护单位 管养单位"),
        "accuracy_class": _words("accuracy_class 精度 定位精度 精度等级"),
        "surveyed_on": _words("surveyed_on 普查日期 测量日期 ordate 调查日期 survey_date"),
        "kind": _words("kind 案件类型 设备类型 摄像机类型 camera:type camera_type case_type"),
        "site": _words("site 点位类型 安装位置 监控点位"),
        "azimuth_deg": _words("azimuth_deg 方位角 朝向 azimuth direction camera:direction bearing"),
        "azimuth_quality": _words("azimuth_quality 方位角质量"),
        "tilt_deg": _words("tilt_deg 俯仰角 俯角 tilt camera:angle"),
        "fov_deg": _words("fov_deg 视场角 水平视场角 fov horizontalfieldangle"),
        "range_m": _words("range_m 可视距离 监控距离 有效距离 range maxviewdistance"),
        "pixels_x": _words("pixels_x 水平像素 横向像素"),
        "pixels_y": _words("pixels_y 垂直像素 纵向像素"),
        "reach_m": _words("reach_m 覆盖半径 广播半径 传声距离 reach"),
        "area_m2": _words("area_m2 面积 建筑面积 用地面积 area"),
        "width_m": _words("width_m 宽度 路宽 道路宽度 width"),
        "bridge": _words("bridge 桥梁 是否桥梁"),
        "tunnel": _words("tunnel 隧道 是否隧道"),
        "walkable": _words("walkable 可步行 foot"),
        "from_node": _words("from_node 起点 起始节点 fnode u"),
        "to_node": _words("to_node 终点 终止节点 tnode v"),
        "length_m": _words("length_m 长度 length"),
        "role": _words("role 职务 岗位 角色 身份"),
        "duty_phone": _words("duty_phone 值班电话 联系电话 电话 手机 phone"),
        "reported_at": _words(
            "reported_at 上报时间 发生时间 受理时间 登记时间 open_dt opened_at created_at "
            "requested_datetime created_date"
        ),
        "due_at": _words(
            "due_at 处置时限 截止时间 应完成时间 target_dt due_date expected_datetime"
        ),
        "closed_at": _words("closed_at 结案时间 办结时间 关闭时间 closed_dt closed_date"),
        "accuracy_m": _words("accuracy_m 定位误差 误差 accuracy"),
        "facility_code": _words("facility_code 部件编码 关联部件"),
        "duplicate_of": _words("duplicate_of 重复案件 关联案件 parent_case"),
        "doubt": ("doubt",),
    }
)
"""Names of each field, the surest first; compared without case, spaces and punctuation."""

LON_NAMES = _words("lon lng longitude 经度 jd x point_x lon_wgs84 wgs84_lon lng_wgs84 long")
LAT_NAMES = _words("lat latitude 纬度 wd y point_y lat_wgs84 wgs84_lat")
WKT_NAMES = _words("wkt geometry geom the_geom 几何 空间 shape wkt_geom")

VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "incidents.state": {
            "open": "accepted",
            "closed": "closed",
            "上报": "reported",
            "受理": "accepted",
            "立案": "filed",
            "派遣": "dispatched",
            "处置": "handled",
            "已处置": "handled",
            "结案": "closed",
            "已结案": "closed",
            "作废": "rejected",
            "不予受理": "rejected",
            "acknowledged": "accepted",
            "new": "reported",
        },
        "incidents.kind": {"部件": "facility", "事件": "event"},
        "facilities.state": {
            "完好": "intact",
            "破损": "damaged",
            "丢失": "lost",
            "废弃": "abandoned",
            "正常": "intact",
            "good": "intact",
        },
        "landcover.category": {"水系": "water", "绿地": "green", "水域": "water", "绿化": "green"},
        "grids.level": {
            "市": "city",
            "区": "district",
            "区县": "district",
            "街道": "subdistrict",
            "社区": "community",
            "小区": "compound",
            "片区": "subarea",
            "网格": "subarea",
            "楼栋": "building",
            "单元": "entrance",
        },
    }
)
"""Words that stand for the values of a field; compared without case."""
