# The inbox.
nav-inbox = Inbox
nav-inbox-new = Inbox ({ $n } new)
inbox-empty = There is nothing in your inbox. What concerns you comes here by itself.
inbox-lead =
    { $n ->
        [0] Nothing is new. What came before stands here, the latest first.
        [one] 1 notice is new. New ones stand first, then the others, the latest first.
       *[other] { $n } notices are new. New ones stand first, then the others, the latest first.
    }
inbox-new = New
inbox-records = See your records
inbox-who-was-told = See who was told
inbox-record = See the record
inbox-look = See the look
inbox-who-asked = See who asked
inbox-decide = Decide
inbox-consent = See the consent
inbox-mandates = See your representatives
inbox-complain = Complain to the reviewers
inbox-procedure = See what is next
certificates-inbox = { $n } new in your inbox
inbox-good-record = My good record
