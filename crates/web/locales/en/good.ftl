nav-good-record = Good record
nav-commendations = Commendations
nav-proposals = Proposals
good-title = Good record
good-lead = What speaks for you, and who else sees it: that is for you to decide. Nobody needs any of it, and having none says nothing about you.
good-commendations = Commendations
good-commendations-lead = An authority filed these. Each is shown to everybody only if you say yes to that one, and is gone again with your no.
good-public-link = What everybody sees
good-no-commendations = There is no commendation on record.
good-publication = Shown to everybody
good-published = Published for everybody to see, because you said yes.
good-since = Since { $time }
good-not-published = Not published. Only you, and those who may look under a law or with your consent, see it.
good-not-standing = Not published: it does not stand today.
good-disputed = Not published while it is disputed.
good-corrected = Not published: it was corrected after your yes. It will be shown as it reads now only if you say yes again.
good-yes = Publish this one
good-no = Do not publish it
good-proposals = Proposals about you
good-proposals-lead = An association can propose that an authority commends you. A proposal is not a record and is shown to nobody else. It becomes a commendation only if the authority takes it up.
good-no-proposals = Nothing is proposed.
good-proposal = Proposal
proposal-by = Proposed by
proposal-to = Proposed to
proposal-at = Proposed
proposal-profession = Profession
proposal-due = Answer by
proposal-standing = How it stands
proposal-answer-by = The authority has until { $day }. After that it lapses, and what it says is destroyed.
proposal-waits = It waits for an answer
proposal-taken-up = It was taken up: the authority filed a commendation
proposal-declined = It was not taken up. That says nothing about the person
proposal-lapsed = It was not answered in time and has lapsed
good-pledges = Pledges
good-pledges-lead = A pledge is voluntary and yours alone. You can have it shown on a certificate. If you end it, certificates that show it are revoked.
good-no-pledges = You have made no pledge. That is as good as having made one.
good-pledge = Pledge
good-pledged = Made { $time }
good-end-pledge = End this pledge
good-offered = Make a pledge
good-make-pledge = Make this pledge
good-choose-pledge = Choose a pledge to make
good-certificates = When you ask for a certificate, you choose which years of training and which pledges it can show.
commendations-title = Commendations
commendations-lead = Authorities commended these people, and each of them wanted it shown here. It says nothing about anybody who is not here. The latest to be published comes first.
commendations-none = Nothing is published on this page.
commendations-by = Commended by
commendations-on = On
proposals-title = Proposed commendations
proposals-lead = Associations proposed these to you. Whom a proposal is about shows when you open it, and that person sees that you did.
proposals-none = No proposal waits.
proposal-title = A proposed commendation
proposal-seen = The person sees that you opened this.
proposal-take-up-title = Take it up
proposal-take-up-words = This files a commendation under your authority, with what was proposed above. Whether it is published is for the person to decide.
proposal-take-up = Take it up and file the commendation
proposal-date-hint = Year, month and day, such as 2026-11-20
proposal-decline-title = Or decline
proposal-decline-words = The person and the association are told that it was not taken up. No reason is kept.
proposal-decline = Decline it
proposal-document-there = This document, or one under another legal basis than this profession's, cannot be filed for this proposal
propose-title = Propose a commendation
propose-lead = You propose; the authority decides. The person is told at once and reads all that you write.
propose-to = Profession and authority
propose-name = Name of the person
propose-number = Their { $number }
propose-optional = (if you like)
propose-most = At most { $n } characters
propose-button = Propose it
propose-own = Your proposals
propose-own-words = Without whom they are about. Whether a commendation is published is for that person to decide, and not shown here.
propose-none = You have proposed nothing yet.
propose-choose-to = Choose a profession and an authority
propose-words = Write what the commendation is for, and keep each text within its length
propose-nobody-known = Nobody with this number and name is known in this profession: check both
propose-waits = A proposal of yours about this person waits already
propose-ceiling = You have reached the most proposals for today: go on tomorrow
certificates-besides = What else the certificate for { $licence } can show
certificates-besides-hint = Only what you tick can ever be shown by this certificate. Nothing needs to be ticked.
certificates-training =
    { $n ->
        [one] Training in { $year }: 1 hour
       *[other] Training in { $year }: { $n } hours
    }
certificates-pledge = Pledge: { $text }
certificates-nothing-to-show = Something that you ticked is no longer there: choose again
claim-green-channel = Green channel
claim-green-channel-open =
    { $n ->
        [one] open: as far as is held here, at least 1 whole year without a decision in this profession
       *[other] open: as far as is held here, at least { $n } whole years without a decision in this profession
    }
claim-training = Training in { $year }
claim-hours =
    { $n ->
        [one] 1 hour
       *[other] { $n } hours
    }
claim-pledge = Pledge
verify-green-channel =
    { $n ->
        [one] Green channel: as far as is held here, there is no decision in this profession for at least 1 whole year. You may ask this holder for less paper.
       *[other] Green channel: as far as is held here, there is no decision in this profession for at least { $n } whole years. You may ask this holder for less paper.
    }
event-commendation-proposed = Proposed that you be commended
event-proposal-seen = Opened the proposal that you be commended
event-proposal-taken-up = Took the proposal up and filed a commendation
event-proposal-declined = Did not take the proposal up
event-proposal-lapsed = A proposal was not answered in time and has lapsed
event-publication-given = You wanted a commendation published
event-publication-withdrawn = You no longer wanted a commendation published
event-pledge-made = You made a pledge
event-pledge-ended = You ended a pledge
notice-commendation-proposed = An association proposed that you be commended. It is not a record. See it under Good record.
notice-proposal-taken-up = An authority took a proposal up and filed a commendation. Whether it is published is for you to decide, under Good record.
notice-proposal-declined = An authority did not take up a proposal that you be commended. That says nothing about you.
notice-proposal-lapsed = A proposal that you be commended was not answered in time and has lapsed. That says nothing about you.
notice-publication-by-representative = Your representative decided whether a commendation of yours is published. See it under Good record.
