update person set roles = 'wizard' where username = 'l.oak'
