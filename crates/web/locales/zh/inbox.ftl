# 收件箱。
nav-inbox = 收件箱
nav-inbox-new = 收件箱（{ $n } 条新）
inbox-empty = 收件箱里没有内容。与您有关的通知会自动送到这里。
inbox-lead =
    { $n ->
        [0] 没有新通知。以往的通知列在下面，最近的在前。
       *[other] 有 { $n } 条新通知。新通知在前，其余在后，最近的在前。
    }
inbox-new = 新
inbox-who-was-told = 查看通报给了谁
inbox-records = 查看您的记录
inbox-record = 查看该记录
inbox-look = 查看该次查询
inbox-who-asked = 查看由谁请求
inbox-decide = 去决定
inbox-consent = 查看该授权
inbox-mandates = 查看您的代理人
inbox-complain = 向监督员投诉
inbox-procedure = 查看进展和下一步
certificates-inbox = 收件箱中有 { $n } 条新通知
inbox-good-record = 我的良好记录
