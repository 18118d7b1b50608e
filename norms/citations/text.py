"""Folding of widths that keeps every character at its place, so that offsets stay true."""

_FOLDED = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(map(ord, "—–－~～﹣‐‑−―〜"), "-"),
    **dict.fromkeys(map(ord, "\u3000\u00a0\t\u2002\u2003\u2009\u200a\u202f"), " "),
    **dict.fromkeys(map(ord, "\r\u2028\u2029\u0085\x0b\x0c"), "\n"),
    ord("○"): "〇",
    ord("◯"): "〇",
    ord("Ｏ"): "O",
    ord("〔"): "[",
    ord("〕"): "]",
    ord("｡"): "。",
    ord("﹐"): ",",
    ord("﹑"): "、",
    ord("條"): "条",
    ord("項"): "项",
    ord("編"): "编",
    ord("節"): "节",
    ord("該"): "该",
    ord("規"): "规",
    ord("﹝"): "[",
    ord("﹞"): "]",
    ord("﹙"): "(",
    ord("﹚"): ")",
    ord("壹"): "一",
    ord("贰"): "二",
    ord("叁"): "三",
    ord("肆"): "四",
    ord("伍"): "五",
    ord("陆"): "六",
    ord("柒"): "七",
    ord("捌"): "八",
    ord("玖"): "九",
    ord("拾"): "十",
    ord("佰"): "百",
}
# 壹 to 玖 are also parts of names (陆), but only numerals between 第 and 条 are read.


def folded(text: str) -> str:
    """Full-width digits, brackets, dashes and spaces as half-width ones; the length does not change."""
    return text.translate(_FOLDED)
