looks-title = 查询情况
looks-lead = 对您的记录进行的每次报送、每次查询和其他操作，最近的在前。机关的查询都列明用途。
looks-when = 时间
looks-who = 操作方
looks-what = 操作
looks-why = 用途或法律依据
looks-no-purpose = 无需用途
looks-receipts = 回执可以证明该项已记入公开日志。
