sign-in-title = 登录
sign-in-demo = 这是演示环境。您可以用下列任何一位虚构人物的身份登录：有记录的个人、单位工作人员或监督员。无需密码。
sign-in-as = 您想以谁的身份登录？
sign-in-people = 有记录的个人
sign-in-clerks = 机关或其他单位的工作人员
sign-in-button = 登录
sign-in-choose = 请选择登录身份
sign-in-none = 本系统尚未开通登录。核验证明无需账户。
