"""Words around citations. Texts are folded (see `text.folded`); no pattern can backtrack far."""

import re

from portal.foundation.numerals import HAN, RINGED

IDEOGRAPHS = "\u4e00-\u9fff"
OTHER_WORDS = (
    "条例|实施细则|细则|实施办法|办法|规定|规则|解释|意见|决定|通知|纪要|规范|指引|方案|标准|批复|答复|协议"
    "|公约|章程"
)
DOCUMENT_WORD = f"法典|法|{OTHER_WORDS}"

# 法 as the last character of a law's name, and not of 法院, 法律 and the like.
_A_LAW = r"法(?![院官人律学庭医治制系理案])"
# Words that point: 本法, 同法, 本条, 前款, 该条.
OWN = rf"(?<![基根日资原文版剧])本(?:{_A_LAW}|{OTHER_WORDS})"
SAME = (
    rf"(?:(?<![合不相共会视如])同|(?<!应)该|前述|上述|以上)(?:法典|{_A_LAW}|{OTHER_WORDS})"
    rf"|(?<![以之提目])前{_A_LAW}"
)
HERE = r"(?<![基根日资原文版])本(?:条(?![件例约])|款(?!项(?!第))|项(?!目))"
_UNIT = r"(?:条(?![件例约文款目])|款(?!项(?!第))|项(?!目))"
PRECEDING = rf"(?:(?<![之以目提事])前(?:[一二两三四五六七八九]|各(?!条))?|(?<![以之如加])上一?){_UNIT}"
FOLLOWING = rf"(?<![以之如])(?:下一?|后一?){_UNIT}"
THAT = r"(?:该|同)(?:条(?![件例约文])|款(?!项(?!第)|式)|项(?!目))"
ORDINAL = re.compile(rf"第 {{0,2}}(?=[(0-9{HAN}{RINGED}])")
# The name of a group chooses the method of `reader.Reader` that reads on from it. The first characters of all groups
# stand before them, since most of a text is none.
TOKEN = re.compile(
    rf"(?=[《本同该前上以下后第。!?\n])(?:(?P<bracket>《)|(?P<own>{OWN})|(?P<same>{SAME})|(?P<here>{HERE})|(?P<preceding>{PRECEDING})"
    rf"|(?P<following>{FOLLOWING})|(?P<that>{THAT})|(?P<ordinal>{ORDINAL.pattern})"
    r"|(?P<sentence>[。!?])|(?P<paragraph>\n))"
)

# Rules of the paragraphs above.
RULES_ABOVE = frozenset(["上述规定", "前述规定", "以上规定"])

BRACKET = re.compile(r"[《》\n]")
_NOTE = r"\((?:[^()\n]|\([^()\n]{0,40}\)){0,120}\)"
# What may stand between a name and its locator: 《刑法》（2020年修正）分则第四章, “刑诉法”第268条.
GAP_BEFORE_LOCATOR = re.compile(
    rf" {{0,2}}[”\"'’」』〉>]?(?: ?{_NOTE}){{0,3}} {{0,2}}(?:总则|分则|附则)?(?:的|之|当中|中的?|里的?|项下)?"
    r" ?[“\"'‘「『]? ?"
)
NOTE = re.compile(rf" {{0,2}}[”\"'’」』〉>]?((?: ?{_NOTE}){{1,3}})")
# 以下简称“……”, in quotation marks or bare at the end of the bracket.
SHORT_NAME = re.compile(
    r"(?:简|统|合|通|下|以下|又)称(?:为|作)?[:：]? ?[新原旧]?"
    r"[“\"'‘「『《〈]([^“”\"'‘’「」『』《》〈〉()\n]{2,40})"
)
SHORT_NAME_PLAIN = re.compile(
    r"(?:简|统|合|通|下)称(?:为|作)?[:：]? ?([^“”\"'‘’「」『』《》〈〉()\n,、;:]{2,40})\)?$"
)
# An edition named with a law (2020年修正), a year before it (2012年的), and a text said to be superseded (原, 修订前的).
EDITION = re.compile(
    r"[(,;、](?:根据)?((?:19|20)\d{2})年?(?:\d{1,2}月(?:\d{1,2}日)?)?(?:第[一二三四五六七八九十]{1,3}次)?(?:修正|修订|修改|版|文本|\))"
)
YEAR_BEFORE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})年(?:版|版本|修正|修订|修改|施行|颁布|通过)?(?:的|后的)?[新旧]?$"
)
FORMER = re.compile(r"(?:修订|修改|修正)(?:以)?前的?$|(?<![还中平草高屏荒雪])原$|旧$")
BODIES_BEFORE = re.compile(
    r"(?:(?:最高人民法院|最高人民检察院|最高法院?|最高检(?:察院)?|公安部|国家安全部|司法部|国务院办公厅|国务院|财政部|民政部"
    r"|全国人民代表大会常务委员会|全国人大常委会|中共中央办公厅|中办|国办|两高(?:[一二两三]部)?"
    r"|[\u4e00-\u9fff]{2,3}省(?:高级人民法院|人民检察院|公安厅|司法厅))"
    r"(?:[“”\"、, 和及与]|联合|共同|会同|制定|印发|发布|颁布|出台|下发|的|等|[一二三四五六七八九]部门)*)+$"
)
# Before a short name: the law of another country or time.
FOREIGN = re.compile(
    r"(?:外国|德国|日本|法国|美国|英国|俄罗斯|韩国|意大利|台湾(?:地区)?|香港|澳门|国际|军事|比较|苏联|瑞士|奥地利|荷兰"
    r"|西班牙|加拿大|联邦|欧洲|古代|唐|大清)$"
)
CONTINUES_LAW = re.compile(r"[律官院学制人治庭医系理典界盲]")
# What makes a longer name of a known one: 刑法修正案（八）, 社区矫正法实施办法.
LONGER_NAME = re.compile(
    r"修正案(?: ?\([〇一二三四五六七八九十0-9]{1,3}\)|(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})(?=第))?"
    r"|(?:的)?(?:实施)?(?:条例|细则|办法|规定|意见|规则)(?! ?的规定)"
    r"|(?:的)?(?:司法解释|立法解释|补充规定|解释)"
)
# Verbs before a bare name that make it a citation even without an article.
CITES = re.compile(r"(?:依照|根据|依据|按照|违反|适用|参照|符合|执行|遵守)(?:我国|现行)?$")
# Last words of titles that can be cited.
NORMATIVE = re.compile(
    r"(?:法典|法|条例|规定|办法|细则|规则|解释|决定|意见|批复|通知|纪要|规范|指引|标准|方案|答复|公约|章程|修正案"
    r"|修正案[〇一二三四五六七八九十0-9]{1,3})$"
)
# Such documents are works of law only if they are about something: 《关于……的意见》, but 《起诉意见》.
NEEDS_ABOUT = re.compile(r"(?:决定|意见|通知|批复|纪要|标准|方案|答复|解释|公约|章程|规定)$")
_COUNT_OF_AMENDMENT = r"(?: ?\([〇一二三四五六七八九十0-9]{1,3}\)|[一二三四五六七八九十]{1,3}|[0-9]{1,2})?"
WORD_OF = re.compile(
    rf"(?:{DOCUMENT_WORD}|协定|议定书|条约|宪章|准则|规程|通则|守则|制度|手册|大纲|纲要|要点|指令|命令|通告|指南|目录|规约|备忘录"
    rf"|文件|规章|规矩|民约|纪律|[监院所校队厂]规|修正案{_COUNT_OF_AMENDMENT})$"
)
# A bare name is a run of ideographs and Latin letters (WTO协定); anything else ends it.
NOT_IN_NAME = re.compile(rf"[^{IDEOGRAPHS}A-Za-z“”\"]")
AFTER_NAME = re.compile(rf"[”\"]?(?: ?{_NOTE}){{0,2}}(?:的|之|中的?)?[”\"]? ?$")
# What cannot be a known name and yet stands where one would: ISO第3条, “考核细则”第五条.
UNREAD_BEFORE = re.compile(r"[A-Za-z0-9号”』」\])】] ?$|附[件录表][一二三四五六七八九十]{0,3}$")
# An abbreviation that ends in a number: 刑（八）第十五条, 刑修八第十五条.
UNREAD_NUMBERED = re.compile(
    rf"[{IDEOGRAPHS}](?:\([一二三四五六七八九十]{{1,3}}\)|修[一二三四五六七八九十]{{1,3}}) ?$"
)
# What a conjunction joins to the article before it, and what such words are if they name nothing: 和其中第三条.
JOINED = re.compile(rf" ?(?:、|以及|和|及|与|或者|或) ?([{IDEOGRAPHS}]{{2,12}})")
NAMES_NOTHING = re.compile(
    r"(?:其中|总则|分则|附则|规定|[后前上下里]面?|之[后前]|还有|特别|尤其|另外|此外|同样|对应|相应|涉及?|[看有对到用照据反合是为于明说指外])$"
)
# Words that mean rules of some kind and name none.
SOME_RULES = re.compile(r"(?:有关|相关|其他|法律|下列|以下|任何|各项)规定$")
# Names that may stand between an article and the one before it.
UNREAD_NAME = re.compile(
    rf"[{IDEOGRAPHS}A-Za-z]{{1,28}}?(?:(?<![本该此同这述])(?:条例|细则)|(?:实施|管理|考核|暂行|试行|处罚|审理|工作|执行|奖惩|审批)办法"
    rf"|协定|公约|议定书|修正案|规程|准则|{_A_LAW})"
)
# What makes an article the subject of a title: 关于刑法第三百四十一条的解释, 关于适用刑法第六十四条有关问题的批复.
ABOUT_BEFORE = re.compile(r"关于(?:对|适用|执行|修改|废止|实施|办理|理解)?(?:我国|现行)?$")
BETWEEN_SUBJECTS = re.compile(r" ?(?:、|以及|和|及|与|或者|或)? ?")
ABOUT_AN_ARTICLE = re.compile(
    rf"[{IDEOGRAPHS}、“”\"]{{0,30}}(?:解释|意见|批复|答复|规定|决定|通知|纪要|函|复函|办法)\Z"
)
CLAUSE_END = re.compile(r"[。,;:!?\n]")
# The last character of the name of a body.
BODY_END = re.compile(r"[院部局厅署会委府办狱所省市县区队司团]$")
# 本院考核办法 is 考核办法 to everybody else.
OWN_BODY = re.compile(r"^[本我](?:院|局|厅|部|监狱|所|部门|单位|省|市|县|区|队|站|中心|地|机关)(?=..)")
# What stands before a bare name and does not belong to it.
BEFORE_NAME = re.compile(
    r".*(?:根据|依照|按照|依据|违反|适用|参照|比照|符合|属于|结合|执行|援引|引用|规避|触犯|遵守|以及|或者|并且|及其|有关|关于对"
    r"|我国|现行|要看|参考|参见|查阅|是否|因为|由于|认为|不在|对于|当前|按|依|与|和(?!国)|及|或|由|将|是|即|而|了|的)"
)
LEADING = re.compile(r"^(?:据|新|但|且|并|又|也|其|经|对(?!外)|因(?!特)|在(?!线)|有(?![线关])|该(?=.{3}))+")
# Words that end like a law's name.
NOT_A_LAW = re.compile(
    r"(?:依|合|违|司|执|立|方|非|无|看|做|说|想|手|用|守|普|枉|书|语|算|国|得|犯|于|没|疗|打|写|读|提|魔)法$"
)
# Laws with names of two characters; other words so short (《规定》) name nothing by themselves.
SHORTEST_NAMES = frozenset(["刑法", "宪法"])
NOT_A_NAME = frozenset(
    [
        "决定",
        "通知",
        "解释",
        "意见",
        "标准",
        "方案",
        "协议",
        "法律规定",
        "有关规定",
        "相关规定",
        "下列规定",
        "以下规定",
        "其他规定",
        "法律",
        "法",
        "公约",
        "条约",
        "守则",
        "制度",
        "手册",
        "大纲",
        "要点",
        "文件",
        "目录",
    ]
)
# Words before an article that point back or are verbs: the article belongs to the document cited last.
POINTING_NAMES = frozenset(
    ["", "规定", "明确规定", "作出规定", "另有规定", "上述规定", "前述规定", "以上规定"]
)
# Articles of these are no articles of law: 合同第三条, 试卷第二题.
BLOCKING = re.compile(
    r"(?:合同|协议书?|章程|判决书?|裁定书?|起诉书|约定|清单|公告|计划|草案|论文|报告|试卷|试题"
    r"|题|决议|承诺书|保证书|通报|名单|申请书|材料|教材|教程|信件|剧本)(?:的|之|中的?)?[”\"》]? ?$"
)
# 其中 limits a citation to the document cited last.
IN_WHICH = re.compile(r"其中的?,? ?$")
# Nouns that 条 counts: 第一条道路, 第三条建议.
NOT_CITED = re.compile(
    r" ?(?:重要)?(?:道路|意见|建议|线|路|街|船|渠道|措施|理由|战线|经验|消息|证据|生产线|跑道|铁路|航线"
    r"|龙|鱼|狗|蛇|裙|裤|腿|命"
    r"|微博|评论|短信|信息|记录|主张|指控|辩护|公告|新闻|跑道|弹幕|留言|回复|答复|要点|心得|体会|思路|途径|通道|防线|红线|底线)"
)
# An article at the beginning of a line with a gap after it is the heading of its own text.
HEADING_AFTER = re.compile(r" {1,4}(?![规的所第之、,和及至或])")
DIGITS_BEFORE = re.compile(r"[0-9]{2,4}$")
# A law that is only mentioned: 根据野生动物保护法进行判断。该法第10条.
LAW_MENTIONED = re.compile(rf"[{IDEOGRAPHS}]{{3,30}}?{_A_LAW}")
