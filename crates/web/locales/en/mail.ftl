# /inbox/email: the address at which the person is told of their inbox.
email-title = Be told by e-mail
email-lead = Give an address if you want to be told when there is something in your inbox. The e-mail says only that, and the address of this site. What it is about stays here.
email-none-sent = This installation sends no e-mail. Look into your inbox here from time to time.
email-printed = This is a demonstration: no e-mail leaves it. Its letters are printed where it runs.
email-on-file = Your address
email-nothing-on-file = You have not given an address. Nothing is sent to you.
email-address = E-mail address
email-remove = Remove this address
email-confirm = Show that the address is yours
email-letter-waits = A letter with a code is about to be sent to { $address }. Your address counts once you have entered the code.
email-letter-sent = A letter with a code was sent to { $address }. Your address counts once you have entered the code. If it does not arrive within some minutes, look among the unwanted letters.
email-letter-refused = The letter to { $address } could not be delivered. Please check the address, and give it again or give another.
email-code = Code
email-code-hint = 8 digits, as the letter says. The code holds until { $time }.
email-confirm-button = Confirm the address
email-drop = Give no address after all
email-drop-both = Remove both addresses
email-give = Give an address
email-another = Give another address
email-address-hint = A letter with a code is sent there. A new address takes the place of the one before once you have confirmed it.
email-give-button = Send me a code
email-invalid = This is not an e-mail address. Enter one such as name@example.org
email-too-often = No more codes are sent today. Try again tomorrow
email-code-wrong =
    { $n ->
        [one] This is not the code in the letter. You have 1 more try
       *[other] This is not the code in the letter. You have { $n } more tries
    }
email-code-used-up = The code was entered wrongly too often. Give the address again to get a new one
email-code-expired = The code no longer holds. Give the address again to get a new one
paper-email = E-mail address
