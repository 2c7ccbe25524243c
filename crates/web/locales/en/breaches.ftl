# Breaches of data: the report of a reviewer, and what whom it affects is told.
notice-breach-reported = A breach of data affects you.
inbox-breach = See what happened
event-breach-reported = A breach of data that affects you was reported
breach-title = A breach of data that affects you
breach-body = Where it happened
breach-noticed = Noticed on
breach-told = Told
breach-late-you = You should have been told by { $day }. You are told late.
breach-happened = What happened
breach-happened-hint = Those whom it affects read this. Name nobody.
breach-happened-missing = Say what happened
breach-measures-hint = Those whom it affects read this too.
breach-affected-hint = One identity number a line. Each is told at once. Nothing says whether a number is known.
breach-body-missing = Choose where it happened
breaches-title = Breaches of data
breaches-link-lead = Data got out, was changed or was sold, and nobody has complained yet?
breaches-lead = Whoever notices a breach reports it here. Everybody whom it affects is told at once what happened and what is done about it.
breaches-button = Report it and tell them
breaches-done =
    { $n ->
        [one] It is reported, and 1 person named in it is told.
       *[other] It is reported, and { $n } people named in it are told.
    }
breaches-done-late = It was noticed too long ago: they should have been told by { $day }.
breaches-so-far = Reported so far
breaches-none = None is reported.
breaches-late = Told late
