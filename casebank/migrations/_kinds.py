"""The kinds of today with their headings; staff edit the table."""

KEY_POINTS = ("要旨", "Key points")
FACTS = ("基本案情", "Facts")
HANDLING = ("处理过程", "Handling")
SIGNIFICANCE = ("典型意义", "Significance")
KINDS = [
    ("commutation", "减刑假释类", "Commutation and parole", ("审理过程", "Proceedings")),
    ("community", "社区矫正类", "Community correction", HANDLING),
    ("temporary-service", "暂予监外执行类", "Temporary service outside prison", HANDLING),
    ("supervision", "检察监督类", "Procuratorial supervision", ("检察履职", "Work of the procuratorate")),
    ("delivery", "交付执行类", "Delivery for execution", HANDLING),
]


def add_kinds(apps, schema_editor):
    alias = schema_editor.connection.alias
    kinds = apps.get_model("casebank", "CaseKind").objects.using(alias)
    headings = apps.get_model("casebank", "CaseHeading").objects.using(alias)
    for order, (code, name, name_en, middle) in enumerate(KINDS, 1):
        defaults = {"name": name, "name_en": name_en, "sort_order": order}
        kind, made = kinds.get_or_create(code=code, defaults=defaults)
        for place, (heading, heading_en) in enumerate((KEY_POINTS, FACTS, middle, SIGNIFICANCE)):
            if made:
                headings.create(kind=kind, name=heading, name_en=heading_en, sort_order=place)
