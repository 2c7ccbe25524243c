looks-title = Who looked
looks-lead = Every filing, every look and everything else that was done with your records, the latest first. A look by an authority stands here with its purpose.
looks-when = When
looks-who = Who
looks-what = What
looks-why = Purpose or legal basis
looks-no-purpose = None needed
looks-receipts = A receipt proves that an entry stands in the public log.
