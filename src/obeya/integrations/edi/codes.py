"""Unit codes of the standards as words of the trade: X12 element 355, UN/ECE Recommendations 20 and 21.

A code stands for one or more of our unit words, the likeliest first: a "case" is booked as a carton where the
item knows no case. A code that is not listed is handed on as it is, and becomes a doubt unless the company
itself uses it.
"""

from __future__ import annotations

_BOTH = """
EA ea each pcs; PC pcs ea; PCE pcs ea; CT ctn case; CS case cs ctn; BX box bx; PK pkt pack; PA pkt pack;
BG bag; SA bag sack; RL roll; RO roll; DZ dz; DZN dz; DZP dz; PR pair; SET set; KT kit set; LB lb; LBR lb;
OZ oz; ONZ oz; KG kg; KGM kg; GRM g; FT ft; FOT ft; LF ft; MR m; MTR m; LM m; IN in; INH in; CMT cm; MMT
mm; GA gal can; GLL gal can; LT l; LTR l; ML ml; MLT ml; PF pallet; D97 pallet; BO btl; JR jar; TU tub; BD
bdl; BE bdl; DR drum; PL bkt; BJ bkt; BK bkt; RM rim; BL bale; CX coil; CL coil; HU c; CEN c; TH mpcs; MIL
mpcs; T3 mpcs; TNE t; H87 pcs ea; C62 pcs ea; UN ea pcs; NMP pkt pack; NPR pair; CR ctn case; TN tin; CN
can; SO roll coil
"""
_X12 = """
CA case cs ctn; ST set; PL pallet; PT pt; PN lb; GR g; GS gross; M3 m3; SF ft2; TB tub; PH pkt pack; PD
bkt; PX pallet; VL vial; CY cyl; KE keg; LO lot; TY tray; CG ctn; CO ea pcs
"""
_UN = """
CA can; ST sheet; PL bkt; GRO gross; TR tray; PU tray; PX pallet; RD rod; CY cyl; LO lot; FTK ft2; DPC dz;
BB box; CH ctn; CQ ctn; AB pkt; PB pkt
"""
"""Rec 21 package codes are sent in Rec 20 fields with an X before them: XCT is a carton."""
_PACKAGES = """
BG bag; SA bag sack; BX box bx; CT ctn case; CS case cs ctn; CR ctn case; CA can; CX can; TN tin; PK pkt
pack; PA pkt pack; RO roll; RL roll; BO btl; BQ btl; JR jar; DR drum; BJ bkt; PL bkt; BE bdl; CL coil; SO
roll coil; PX pallet; PF pallet; TU tub; TB tub; SET set; BL bale; RM rim; DS pallet; JC can; GL gal can;
PU tray; ST sheet; PO pkt; 4G box; NE ea pcs; BI bin; BK bkt; CY cyl
"""


def _table(*blocks: str) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for block in blocks:
        for row in block.replace("\n", " ").split(";"):
            if row.strip():
                code, *words = row.split()
                out[code] = tuple(words)
    return out


X12 = _table(_BOTH, _X12)
UN = _table(_BOTH, _UN) | {f"X{code}": words for code, words in _table(_PACKAGES).items()}


def x12_unit(code: str) -> tuple[str, ...]:
    """The unit words of an X12 unit code, likeliest first; the code itself where it is not known."""
    return X12.get(code.upper(), (code.lower(),) if code else ())


def un_unit(code: str) -> tuple[str, ...]:
    """The unit words of a Recommendation 20 or 21 code, likeliest first; the code itself where unknown."""
    return UN.get(code.upper(), (code.lower(),) if code else ())
