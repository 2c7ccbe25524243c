records-title = 我的记录
records-lead =
    { $n ->
        [0] 本系统没有关于{ $name }的记录。
       *[other] 以下是关于{ $name }的全部记录，共 { $n } 条。
    }
records-all-erased = 您的记录保存期限均已满，内容已销毁，您的姓名和证件号码也一并销毁。留下的只有：曾有过哪些记录，以及对其做过什么。
records-none-held = 本系统没有关于您的记录。与您有关的其他事项，请见收件箱。
records-download = 下载全部内容：
records-download-pdf = 下载 PDF
records-download-json = 下载 JSON
records-looks = 查看谁查询过
records-status = 状态
records-decided-by = 所依决定
records-authority = 报送机关
records-basis = 法律依据
records-starts-on = 生效日期
records-dated = 日期
records-shown-until = 公示期至
records-shortened = 机关报送的截止日期是{ $day }；法律允许的公示期较短，因此提前结束。
records-restorable-from = 可申请修复的日期
records-kept-until = 保存至
records-no-end = 未设最后日期
records-versions = 历次版本
records-earlier-fields = 该版本中不同的内容
paper-title = 本系统保存的关于您的全部内容
paper-intro = 截至制作本副本时的全部记录、全部查询和其他操作。时间为 { $time }。各项的回执可在网站下载。
paper-person = 本人
paper-name = 姓名
paper-leaf = 日志序号
paper-version-field = 该版本的{ $label }
