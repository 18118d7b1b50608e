"""The five departments of today. More can be added; nothing refers to these rows by their key."""

DEPARTMENTS = [
    ("court", "人民法院", "People's courts", "法院", "Court", "法", "#7a2e2e", "#c98080"),
    ("procuratorate", "人民检察院", "People's procuratorates", "检察院", "Procuratorate", "检", "#1f4f86", "#84b0e2"),
    ("detention", "公安机关（看守所）", "Public security (detention houses)", "看守所", "Detention", "看", "#2b3f66", "#9fb2dd"),
    ("prison", "监狱管理机关", "Prison administration", "监狱", "Prison", "狱", "#5a4a1f", "#cdbb7d"),
    ("correction", "社区矫正机构", "Community correction", "社区矫正", "Correction", "矫", "#25614a", "#83c7a8"),
]


def add_departments(apps, schema_editor):
    rows = apps.get_model("org", "Department").objects.using(schema_editor.connection.alias)
    for order, (code, name, name_en, short, short_en, seal, light, dark) in enumerate(DEPARTMENTS, 1):
        rows.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "short_name": short,
                "short_name_en": short_en,
                "seal": seal,
                "hue_light": light,
                "hue_dark": dark,
                "sort_order": order,
            },
        )
