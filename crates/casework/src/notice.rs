/// The e-mail that says a concern waits. Mail travels and is read over shoulders, so it names nobody and quotes
/// nothing: whoever may know signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub subject: String,
    pub body: String,
}

impl Notice {
    /// `school` is the school's name; `urgent` when someone should look now; `console` is the address of the
    /// console, where the school has set one.
    pub fn of_concern(school: &str, urgent: bool, console: Option<&str>) -> Notice {
        let soon = if urgent { "Please look at it now." } else { "Please look at it today." };
        let place = match console {
            Some(url) => format!("Sign in to read it: {}/concerns", url.trim_end_matches('/')),
            None => "Sign in to the Schoolgate console and open Concerns to read it.".to_owned(),
        };
        Notice {
            subject: "A concern waits in Schoolgate".to_owned(),
            body: format!(
                "A concern waits for you at {school}. {soon}\n\n{place}\n\n\
                 This message names nobody and quotes nothing, so that it is safe wherever it is read.\n"
            ),
        }
    }

    /// A concern that nobody has looked at for `hours`.
    pub fn of_unread(school: &str, waiting: u32, hours: u32, console: Option<&str>) -> Notice {
        let first = Notice::of_concern(school, true, console).body;
        Notice {
            subject: "Concerns still wait in Schoolgate".to_owned(),
            body: format!("Waiting for more than {hours} hours, not yet looked at: {waiting}.\n\n{first}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_says_only_that_a_concern_waits() {
        let notice = Notice::of_concern("Elm Park School", true, Some("https://office.example.org:8443/"));
        assert_eq!(notice.subject, "A concern waits in Schoolgate");
        assert_eq!(
            notice.body,
            "A concern waits for you at Elm Park School. Please look at it now.\n\n\
             Sign in to read it: https://office.example.org:8443/concerns\n\n\
             This message names nobody and quotes nothing, so that it is safe wherever it is read.\n"
        );
        let plain = Notice::of_concern("Elm Park School", false, None);
        assert!(plain.body.contains("today") && plain.body.contains("console"));
    }

    #[test]
    fn an_unread_concern_is_chased_without_detail() {
        let notice = Notice::of_unread("Elm Park School", 2, 24, None);
        assert!(notice.body.starts_with("Waiting for more than 24 hours, not yet looked at: 2."));
    }
}
