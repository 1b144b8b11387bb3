//! A mapping from the headings alone, as the usual systems write them.
use super::mapping::{Contact, Field, MOST_CONTACTS, Mapping};

/// Headings without case, spaces and signs. The first that is there is taken.
const USUAL: &[(Field, &[&str])] = &[
    (
        Field::Id,
        &[
            "id",
            "pupilid",
            "studentid",
            "personid",
            "sourcedid",
            "misid",
            "externalid",
            "staffid",
            "staffcode",
            "employeeid",
        ],
    ),
    (Field::Upn, &["upn", "uniquepupilnumber"]),
    (Field::AdmissionNumber, &["admissionnumber", "admissionno", "adno", "admno", "admissionnum"]),
    (
        Field::Username,
        &["username", "login", "loginname", "networkusername", "samaccountname", "useraccount"],
    ),
    (
        Field::Given,
        &[
            "forename",
            "firstname",
            "givenname",
            "legalforename",
            "legalfirstname",
            "pupilforename",
            "studentforename",
        ],
    ),
    (
        Field::Family,
        &[
            "surname",
            "lastname",
            "familyname",
            "legalsurname",
            "legallastname",
            "pupilsurname",
            "studentsurname",
        ],
    ),
    (
        Field::PreferredGiven,
        &[
            "preferredforename",
            "preferredfirstname",
            "preferredgivenname",
            "chosenforename",
            "knownas",
            "preferredname",
        ],
    ),
    (
        Field::PreferredFamily,
        &["preferredsurname", "preferredlastname", "preferredfamilyname", "chosensurname"],
    ),
    (Field::Name, &["name", "fullname", "pupilname", "studentname", "staffname"]),
    (
        Field::Email,
        &["email", "emailaddress", "schoolemail", "pupilemail", "studentemail", "workemail", "primaryemail"],
    ),
    (Field::Phone, &["phone", "telephone", "mobile", "mobilephone"]),
    (
        Field::Year,
        &[
            "year",
            "yeargroup",
            "ncyear",
            "nationalcurriculumyear",
            "yr",
            "yeargrp",
            "curriculumyear",
            "nationalcurriculumyeargroup",
            "yeartaughtin",
        ],
    ),
    (
        Field::Class,
        &[
            "class",
            "reg",
            "reggroup",
            "registrationgroup",
            "registrationform",
            "regform",
            "form",
            "formgroup",
            "tutorgroup",
            "classname",
            "registration",
        ],
    ),
    (Field::Lessons, &["lessons", "sets", "teachinggroups", "classes", "teachinggroup"]),
    (Field::Role, &["role", "usertype", "persontype", "usertypename", "stafftype"]),
    (Field::School, &["school", "schoolname", "site", "academy", "establishment"]),
    (
        Field::Starts,
        &[
            "dateofadmission",
            "admissiondate",
            "startdate",
            "doa",
            "entrydate",
            "datejoined",
            "dateofentry",
            "employmentstartdate",
        ],
    ),
    (
        Field::Ends,
        &["leavingdate", "dateofleaving", "enddate", "dol", "leavedate", "dateleft", "employmentenddate"],
    ),
];

const OF_CONTACTS: &[(Contact, &[&str])] = &[
    (Contact::Id, &["id", "personid"]),
    (Contact::Name, &["", "name", "fullname", "salutation"]),
    (Contact::Given, &["forename", "firstname", "givenname"]),
    (Contact::Family, &["surname", "lastname", "familyname"]),
    (Contact::Email, &["email", "emailaddress", "mainemail", "homeemail", "primaryemail", "defaultemail"]),
    (
        Contact::Phone,
        &[
            "phone",
            "telephone",
            "tel",
            "mobile",
            "mobilephone",
            "mainphone",
            "telephonenumber",
            "mobilenumber",
            "phonenumber",
        ],
    ),
    (
        Contact::Relation,
        &[
            "relation",
            "relationship",
            "relationshiptopupil",
            "relationshiptostudent",
            "relationtype",
            "relationshiptype",
        ],
    ),
    (Contact::Priority, &["priority", "order", "contactpriority", "contactorder", "prioritynumber"]),
];

/// What the adults of a pupil are called in headings.
const ADULT: &[&str] = &["contact", "parent", "carer", "guardian", "parentcarer", "parentguardian"];

impl Mapping {
    /// The likeliest mapping for these headings. What it does not find, reading it says.
    pub fn guess<'a>(headings: impl IntoIterator<Item = &'a str>) -> Mapping {
        let headings: Vec<&str> = headings.into_iter().filter(|it| !it.trim().is_empty()).collect();
        let folded: Vec<String> = headings.iter().map(|it| fold(it)).collect();
        let mut mapping = Mapping::default();
        let mut taken = vec![false; headings.len()];
        for (field, names) in USUAL {
            let found = names.iter().find_map(|name| folded.iter().position(|it| it == name));
            if let Some(at) = found
                && !taken[at]
            {
                taken[at] = true;
                mapping.columns.push((headings[at].to_owned(), *field));
            }
        }
        for (at, heading) in headings.iter().enumerate() {
            if taken[at] {
                continue;
            }
            if let Some(field) = contact(heading)
                && mapping.heading(field).is_none()
            {
                mapping.columns.push(((*heading).to_owned(), field));
            }
        }
        // The parts of a name say more than the whole, and the system's own number more than the nation's.
        let has = |mapping: &Mapping, field| mapping.heading(field).is_some();
        if has(&mapping, Field::Given) && has(&mapping, Field::Family) {
            mapping.columns.retain(|(_, it)| *it != Field::Name);
        }
        if !has(&mapping, Field::Role) {
            mapping.role = Some("student".to_owned());
        }
        mapping
    }
}

fn fold(heading: &str) -> String {
    heading.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `Contact 1 E-mail`, `Parent2Surname`, `Primary Contact: Mobile`, `Priority 1 contact name`.
fn contact(heading: &str) -> Option<Field> {
    let mut parts: Vec<String> = Vec::new();
    let mut before = ' ';
    for sign in heading.chars() {
        let starts = !sign.is_alphanumeric()
            || sign.is_ascii_digit() != before.is_ascii_digit()
            || (sign.is_uppercase() && before.is_lowercase());
        if starts || parts.is_empty() {
            parts.push(String::new());
        }
        if sign.is_alphanumeric()
            && let Some(last) = parts.last_mut()
        {
            last.extend(sign.to_lowercase());
        }
        before = sign;
    }
    parts.retain(|it| !it.is_empty());
    let mut nth = None;
    let mut adult = false;
    let mut rest = String::new();
    for part in &parts {
        match part.as_str() {
            "primary" if nth.is_none() && !adult => nth = Some(1),
            "secondary" if nth.is_none() && !adult => nth = Some(2),
            it if ADULT.contains(&it) => adult = true,
            it if it.bytes().all(|it| it.is_ascii_digit()) => {
                // `Priority 1 contact name` counts contacts; it holds no priority.
                if rest == "priority" {
                    rest.clear();
                }
                nth = Some(it.parse().ok().filter(|it| (1..=MOST_CONTACTS).contains(it))?);
            }
            it => rest.push_str(it),
        }
    }
    if !adult {
        return None;
    }
    let (what, _) = OF_CONTACTS.iter().find(|(_, names)| names.contains(&rest.as_str()))?;
    Some(Field::Contact(nth.unwrap_or(1), *what))
}
