desk-title = The authority's desk
desk-submit = Submit a file
desk-kind = Kind of record
desk-kind-none = Choose
desk-file = File
desk-file-hint = CSV (UTF-8 or GB18030), JSON Lines or XLSX, up to 32 MB. Larger files go by the command line. Sending a file again is harmless.
desk-submit-button = Submit
desk-choose-kind = Choose what the file holds
desk-choose-file = Choose a file
desk-not-yours = This authority does not file records of this kind
desk-list = Submissions
desk-none = Nothing was submitted yet.
desk-file-name = File
desk-received = Received
desk-state = State
desk-state-open = Being taken in
desk-state-done = Done
desk-state-refused = Could not be read
desk-state-taken-back = Taken back
desk-rows =
    { $n ->
        [one] 1 row
       *[other] { $n } rows
    }
outcome-accepted = Accepted
outcome-unchanged = Unchanged
outcome-rejected = Rejected
submission-title = Submission
submission-sha256 = SHA-256 of the file
submission-taken-back-at = Taken back
submission-rejected-file = Download the rejected rows
submission-rejected-words = The file has your own columns and two more, code and message. Mend the rows and submit it again. Anybody with records here whose identity number is in the file sees that you downloaded it.
submission-take-back = Take the submission back (until { $time })
submission-take-back-rest = Take back rows that were left (until { $time })
submission-rejected-rows = Rejected rows
submission-all-rows = Rows
submission-show-all = Show all rows
submission-show-rejected = Show the rejected rows alone
submission-no-rows = There are no rows.
row-number = Row
row-outcome = Outcome
row-column = Column
row-message = What is wrong
row-expected = What would be right
row-code = Code
take-back-title = Take the submission back?
take-back-words = Every record that this submission filed will be withdrawn, and its people will see that. Rows that were changed since, or about which a procedure is open, stay as they are, and you will see which. This cannot be undone.
take-back-until = Can be taken back until
take-back-button = Take it back
take-back-keep = Leave it
take-back-not-done = The submission is still being taken in: try again when it is done
take-back-done-before = The submission was taken back before, and there is no row that can still be taken back
take-back-too-late = The time for taking it back is over: correct the records one by one
taken-back-title = The submission was taken back
taken-back-count =
    { $n ->
        [one] 1 row was taken back.
       *[other] { $n } rows were taken back.
    }
taken-back-none-left = No row was left.
taken-back-left = Rows that were left
taken-back-left-words = These rows were touched since, so they stay as they are. Where a decision speaks of the licence, take back the decisions first, then this submission again, while its time runs.
taken-back-why = Why
taken-back-unlisted =
    { $n ->
        [one] And 1 more.
       *[other] And { $n } more.
    }
left-changed-since = The record was corrected, withdrawn or restored since.
left-procedure-open = The person disputes this record, or another procedure about it is open: its answer comes first.
left-has-decision = A decision speaks of this licence.
left-erased = The record's time was over and it is erased.
