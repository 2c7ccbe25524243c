records-title = My records
records-lead =
    { $n ->
        [0] Nothing is held about { $name }.
        [one] This is all that is held about { $name }: 1 record.
       *[other] This is all that is held about { $name }: { $n } records.
    }
records-all-erased = The time for keeping your records is over. What they said is destroyed, and your name and identity number with it. What stays is which records there were, and what was done with them.
records-none-held = There is no record about you here. What concerns you otherwise stands in your inbox.
records-download = Take a copy of all of it:
records-download-pdf = Copy as PDF
records-download-json = Copy as JSON
records-looks = See who looked
records-status = Status
records-decided-by = Because of
records-authority = Filed by
records-basis = Legal basis
records-starts-on = In force from
records-dated = Dated
records-shown-until = May be shown until
records-shortened = The authority had asked for { $day }. The law lets it be shown for less long, so it ends earlier.
records-restorable-from = You may ask for restoration from
records-kept-until = Kept until
records-no-end = No last day is set
records-versions = Versions
records-earlier-fields = What this version said otherwise
paper-title = What Standing holds about you
paper-intro = Every record, every look and everything else that was done, up to the moment of this copy. Times are { $time }. Receipts for each entry are on the portal.
paper-person = You
paper-name = Name
paper-leaf = Place in the log
paper-version-field = In that version: { $label }
