"""Made-up bodies that are in charge of facilities, own them and maintain them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Body:
    """Who may stand behind a facility; each role names one or several, empty is nobody."""

    in_charge: tuple[str, ...]
    owner: tuple[str, ...] = ()
    maintainer: tuple[str, ...] = ()


_URBAN = ("{district}城市管理局",)
_MUNICIPAL = ("{district}市政设施管理所",)
_REPAIR = ("{district}市政设施养护所", "明河市政养护有限公司")
_TELECOM = ("明河电信公司", "明河移动通信公司", "明河联合通信公司")
_POLICE = ("市公安局交通警察支队",)

BODIES: Mapping[str, Body] = MappingProxyType(
    {
        "0101": Body(("市水务局",), ("明河供水集团有限公司",), ("明河供水集团维修分公司",)),
        "0102": Body(("市水务局",), ("明河排水有限公司",), _REPAIR),
        "0103": Body(("{district}住房和城乡建设局",), _MUNICIPAL, _REPAIR),
        "0104": Body(("{district}住房和城乡建设局",), _MUNICIPAL, _REPAIR),
        "0105": Body(("市工业和信息化局",), ("明河供电公司",), ("明河电力工程有限公司",)),
        "0106": Body(("市城市管理局",), ("市路灯管理处",), ("明河路灯养护有限公司",)),
        "0107": Body(("市通信管理办公室",), _TELECOM, ("明河通信维护有限公司",)),
        "0110": Body(("市住房和城乡建设局",), ("明河热力集团有限公司",), ("明河热力集团检修公司",)),
        "0111": Body(("市住房和城乡建设局",), ("明河燃气有限公司",), ("明河燃气抢修中心",)),
        "0113": Body(("市消防救援支队",), ("明河供水集团有限公司",), ("{district}消防救援大队",)),
        "0114": Body(_URBAN),
        "0117": Body(_URBAN, (*_TELECOM, "明河供电公司"), ("明河通信维护有限公司",)),
        "0118": Body(("市城市管理局",), ("市路灯管理处",), ("明河路灯养护有限公司",)),
        "0203": Body(("市交通运输局",), ("明河公共交通集团",), ("明河公交站务有限公司",)),
        "0209": Body(_POLICE, _POLICE, ("明河交通设施有限公司",)),
        "0213": Body(("市民政局",), ("{district}民政局",), ("明河地名标志服务中心",)),
        "0305": Body(
            _URBAN, ("{district}环境卫生管理处",), ("洁城环卫有限公司", "明净环境服务有限公司")
        ),
    }
)
"""By minor class. Ownerless covers (0114) fall to the district, and nobody owns them."""
