//! One page that an editor reads: what a site's comments are like, what is held and why, and what other thresholds would
//! hold.

mod background;
mod choice;
mod columns;
mod excerpt;
mod moment;
mod options;
mod page;
mod record_line;
mod records_file;
mod repeats;
mod rules;
mod survey;

pub use background::{Background, NearestText, ThreadTitle};
pub use excerpt::Excerpts;
pub use options::{Mask, Options};
pub use page::page;
pub use records_file::{ReadLines, RecordsFile};
pub use survey::Survey;
