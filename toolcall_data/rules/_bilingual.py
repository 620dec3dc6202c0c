"""Words of two languages: which Chinese words mean the same, which only share an English word, and how names sound."""

from __future__ import annotations

_SAME = """
公里 千米 km kilometer kilometers
公斤 千克 kg kilogram kilograms
英里 mile miles mi
番茄 西红柿 tomato
彩椒 甜椒 灯笼椒 bellpepper
花椰菜 西兰花 broccoli
土豆 马铃薯 potato
圆 圆形 圆圈 circle
矩形 长方形 rectangle
正方形 方形 square
三角形 triangle
聚会 派对 party
电子邮件 邮件 电邮 邮箱 email
摄氏 摄氏度 celsius
华氏 华氏度 fahrenheit
开尔文 kelvin
美元 美金 usd dollar
欧元 eur euro
英镑 gbp
日元 日圆 jpy
人民币 元 cny rmb
港币 港元 hkd
中国 中华人民共和国 china
美国 usa unitedstates
英国 uk unitedkingdom
日本 japan
法国 france
德国 germany
纽约 纽约市 newyork
旧金山 三藩市 sanfrancisco
洛杉矶 losangeles
伦敦 london
巴黎 paris
东京 tokyo
北京 北京市 beijing
上海 上海市 shanghai
广州 guangzhou
深圳 shenzhen
香港 hongkong
英语 英文 english
汉语 中文 chinese
法语 法文 french
德语 德文 german
日语 日文 japanese
西班牙语 spanish
素食 素食主义 素食者 vegetarian
纯素 纯素食 vegan
电影 影片 片子 movie
照片 相片 图片 photo
计算机 电脑 computer
手机 移动电话 phone
自行车 单车 bicycle
出租车 计程车 taxi
酒店 宾馆 旅馆 hotel
餐厅 餐馆 饭店 restaurant
医生 大夫 doctor
周日 星期日 星期天 sunday
周一 星期一 monday
周二 星期二 tuesday
周三 星期三 wednesday
周四 星期四 thursday
周五 星期五 friday
周六 星期六 saturday
"""

_FALSE_FRIENDS = """
orange: 橙子|橙 橙色
action: 动作 行动
sports: 体育 运动
square: 正方形|方形 平方 广场
circle: 圆|圆形 圈子 界
mystery: 侦探|悬疑|推理 谜团|神秘
light: 灯 轻 光线
spring: 春天|春季 弹簧 泉水
second: 秒 第二
minute: 分钟 微小
right: 右|右边 权利 正确
bank: 银行 河岸
book: 书|书籍 预订
order: 订单 命令 顺序
date: 日期 约会 枣
match: 比赛 火柴 匹配
play: 播放 玩 戏剧
rock: 摇滚|摇滚乐 岩石
heavy metal: 重金属音乐 重金属污染
country: 乡村|乡村音乐 国家
bat: 蝙蝠 球棒
mouse: 鼠标 老鼠
apple: 苹果公司 苹果汁
turkey: 土耳其 火鸡
china: 中国 瓷器
chicken: 鸡肉 鸡|小鸡
may: 五月 可以
march: 三月 行军
fall: 秋天|秋季 跌倒|下降
novel: 小说 新颖
current: 当前 电流
charge: 充电 收费
address: 地址 演讲
interest: 利息 兴趣
balance: 余额 平衡
capital: 首都 资本
company: 公司 陪伴
state: 州 状态
table: 表格 桌子
cell: 单元格 细胞
check: 支票 检查
draft: 草稿 草案
file: 文件 锉刀
paper: 论文 纸
class: 课程 阶级
course: 课程 路线
grade: 成绩 年级
subject: 主题 科目
character: 字符 人物|角色
upbeat: 欢快 乐观
cool: 凉爽 酷
hot: 热 辣|热门
rich: 富有 浓郁
sound: 声音 健全
fine: 罚款 好的
plant: 植物 工厂
crane: 鹤 起重机
fly: 苍蝇 飞
tie: 领带 平局
trunk: 后备箱 树干
park: 公园 停车
train: 火车 训练
"""

_NAMES = """
John 约翰
Jane 简
Sarah 莎拉 萨拉
Sara 莎拉 萨拉
Mike 迈克
Michael 迈克尔
Tom 汤姆
Thomas 托马斯
Mary 玛丽
Alice 爱丽丝 艾丽丝
Bob 鲍勃
Robert 罗伯特
David 大卫 戴维
James 詹姆斯
Jim 吉姆
Emily 艾米莉 埃米莉
Emma 艾玛 埃玛
Peter 彼得
Paul 保罗
Mark 马克
Lucy 露西
Lily 莉莉
Linda 琳达
Lisa 丽莎
Anna 安娜
Kate 凯特
Susan 苏珊
Jack 杰克
Henry 亨利
William 威廉
Bill 比尔
George 乔治
Charles 查尔斯
Daniel 丹尼尔
Kevin 凯文
Steven 史蒂文
Steve 史蒂夫
Jason 杰森
Jennifer 詹妮弗 珍妮弗
Jessica 杰西卡
Laura 劳拉
Olivia 奥利维亚
Sophia 索菲亚
Smith 史密斯
Doe 多伊
Brown 布朗
Johnson 约翰逊
Wilson 威尔逊
Davis 戴维斯
Taylor 泰勒
Rowling 罗琳
"""


def _synonyms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _SAME.split("\n"):
        words = tuple(line.split())
        found |= {word: tuple(other for other in words if other != word) for word in words}
    return found


SYNONYMS = _synonyms()
"""A word, folded, with the words that mean the same in either language."""


def _false_friends() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for line in _FALSE_FRIENDS.strip().split("\n"):
        english, _, rest = line.partition(": ")
        senses = [tuple(sense.split("|")) for sense in rest.split()]
        for sense in senses:
            others = tuple(word for other in senses if other is not sense for word in other)
            for word in sense:
                found[word] = (*found.get(word, ()), (english, others))
    return found


FALSE_FRIENDS = _false_friends()
"""A Chinese word with the English words it may stand for, each with Chinese words for other senses of that word."""

NAMES = {
    transcribed: line.split()[0] for line in reversed(_NAMES.strip().split("\n")) for transcribed in line.split()[1:]
}
"""A name in Chinese characters with the Latin one it sounds like."""

_CHOICES = """
success 成功
failure 失败
celsius 摄氏 摄氏度
fahrenheit 华氏 华氏度
kelvin 开尔文
metric 公制 米制
imperial 英制
miles 英里
kilometers 公里 千米
meters 米
hours 小时
minutes 分钟
low 低
medium 中 中等
high 高
small 小 小号
large 大 大号
male 男 男性
female 女 女性
true 是 真
false 否 假
yes 是
no 否
asc 升序
desc 降序
ascending 升序
descending 降序
daily 每天 每日
weekly 每周
monthly 每月
yearly 每年
annually 每年
italian 意大利 意大利菜
chinese 中国 中国菜 中餐 中文 汉语
mexican 墨西哥 墨西哥菜
indian 印度 印度菜
japanese 日本 日本菜 日语
french 法国 法国菜 法语
thai 泰国 泰国菜
korean 韩国 韩国菜 韩语
english 英语 英文
german 德语
spanish 西班牙语
vegetarian 素食
vegan 纯素 纯素食
business 商业 财经
entertainment 娱乐
health 健康
science 科学
sports 体育 运动
technology 科技 技术
politics 政治
general 综合 一般
circle 圆 圆形 圆圈
square 正方形 方形
rectangle 矩形 长方形
triangle 三角形
positive 积极 正面
negative 消极 负面
neutral 中性 中立
red 红 红色
blue 蓝 蓝色
green 绿 绿色
black 黑 黑色
white 白 白色
add 加 加法
subtract 减 减法
multiply 乘 乘法
divide 除 除法
driving 驾车 开车
walking 步行
cycling 骑行
transit 公交
on 开 打开
off 关 关闭
open 打开 开启
closed 关闭
pending 待处理
completed 已完成 完成
cancelled 已取消 取消
morning 早上 上午
afternoon 下午
evening 晚上
"""


def _choices() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _CHOICES.strip().split("\n"):
        english, *chinese = line.split()
        for word in chinese:
            found.setdefault(word, set()).add(english)
    return {word: frozenset(english) for word, english in found.items()}


_MEANINGS = _choices()


def choice_for(value: str, allowed: list[str]) -> str | None:
    """The one allowed English value that a Chinese one translates, None where there is none or several."""
    meant = _MEANINGS.get(value.strip(), frozenset())
    fitting = [choice for choice in allowed if choice.casefold() in meant]
    return fitting[0] if len(fitting) == 1 else None
