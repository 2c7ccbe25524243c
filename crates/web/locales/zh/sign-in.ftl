sign-in-title = 登录
sign-in-demo = 这是演示系统。您可以以下列任一虚构人物的身份登录，也可以以机关工作人员的身份登录，无需密码。
sign-in-as = 您想以谁的身份登录？
sign-in-people = 有记录的个人
sign-in-clerks = 机关工作人员
sign-in-button = 登录
sign-in-choose = 请选择登录身份
sign-in-none = 本系统尚未开通登录。核验证明无需账户。
