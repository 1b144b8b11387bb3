/// A piece of an agreement's text, for whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    Paragraph(String),
    Points(Vec<String>),
}

/// Paragraphs, headings and lists, as [`crate::Reading`] writes them.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut all = Vec::new();
    for piece in text.split("\n\n").map(str::trim).filter(|it| !it.is_empty()) {
        let lines: Vec<&str> = piece.lines().map(str::trim).collect();
        let points = lines.iter().position(|it| it.starts_with("- ")).unwrap_or(lines.len());
        let (before, points) = lines.split_at(points);
        match before {
            [] => {}
            [line] if line.starts_with("# ") => all.push(Block::Heading(line[2..].trim().to_owned())),
            _ => all.push(Block::Paragraph(before.join(" "))),
        }
        if !points.is_empty() {
            all.push(Block::Points(list(points)));
        }
    }
    all
}

/// A line that does not start with `- ` carries on the point before it.
fn list(lines: &[&str]) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("- "), points.last_mut()) {
            (None, Some(point)) => {
                point.push(' ');
                point.push_str(line);
            }
            (point, _) => points.push(point.unwrap_or(line).to_owned()),
        }
    }
    points
}
