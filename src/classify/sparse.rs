//! Sparse records: compressed sparse rows, usable as linfa's records.

use linfa::dataset::Records;

/// One row: its columns in ascending order, none twice, and their values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseRow<'a> {
    /// The columns that are not zero, ascending.
    pub columns: &'a [u32],
    /// Their values.
    pub values: &'a [f32],
}

impl SparseRow<'_> {
    /// Columns with their values.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.columns.iter().map(|column| *column as usize).zip(self.values.iter().copied().map(f64::from))
    }

    /// The inner product with a dense vector, added up from left to right.
    ///
    /// # Panics
    /// Where the vector is shorter than a column of the row.
    #[must_use]
    pub fn dot(&self, dense: &[f64]) -> f64 {
        self.iter().map(|(column, value)| value * dense[column]).sum()
    }

    /// The sum of the squared values.
    #[must_use]
    pub fn squared_norm(&self) -> f64 {
        self.values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum()
    }
}

/// A row that does not fit its matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SparseError {
    /// A column lies beyond the matrix.
    #[error("column {column} of a matrix of {columns} columns")]
    ColumnOutside {
        /// The column.
        column: u32,
        /// How many there are.
        columns: usize,
    },
    /// A value is infinite or not a number.
    #[error("the value of column {column} is not finite")]
    NotFinite {
        /// The column.
        column: u32,
    },
}

/// A matrix of which most entries are zero, stored row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseMatrix {
    column_count: usize,
    row_begins: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl SparseMatrix {
    /// A matrix without rows.
    #[must_use]
    pub fn new(column_count: usize) -> Self {
        Self { column_count, row_begins: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// A matrix without rows, with memory for as many as will come.
    #[must_use]
    pub fn with_capacity(column_count: usize, rows: usize, entries: usize) -> Self {
        let mut row_begins = Vec::with_capacity(rows + 1);
        row_begins.push(0);
        let (columns, values) = (Vec::with_capacity(entries), Vec::with_capacity(entries));
        Self { column_count, row_begins, columns, values }
    }

    /// Appends a row. The entries are sorted in place; those of the same column are added up.
    ///
    /// # Errors
    /// Where a column lies beyond the matrix or a value is not finite; the matrix is then as before.
    pub fn push_row(&mut self, entries: &mut [(u32, f32)]) -> Result<(), SparseError> {
        for (column, value) in entries.iter().copied() {
            if column as usize >= self.column_count {
                return Err(SparseError::ColumnOutside { column, columns: self.column_count });
            }
            if !value.is_finite() {
                return Err(SparseError::NotFinite { column });
            }
        }
        // Stable, so that equal columns are added up in the caller's order.
        entries.sort_by_key(|(column, _)| *column);
        let begin = self.columns.len();
        for (column, value) in entries.iter().copied() {
            match self.columns.last() {
                Some(last) if self.columns.len() > begin && *last == column => {
                    if let Some(sum) = self.values.last_mut() {
                        *sum += value;
                    }
                }
                _ => {
                    self.columns.push(column);
                    self.values.push(value);
                }
            }
        }
        self.row_begins.push(self.columns.len());
        Ok(())
    }

    /// Number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.row_begins.len() - 1
    }

    /// Number of columns.
    #[must_use]
    pub fn column_count(&self) -> usize {
        self.column_count
    }

    /// Number of stored entries.
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.columns.len()
    }

    /// A row.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn row(&self, index: usize) -> SparseRow<'_> {
        let range = self.row_begins[index]..self.row_begins[index + 1];
        SparseRow { columns: &self.columns[range.clone()], values: &self.values[range] }
    }
}

impl Records for SparseMatrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.row_count()
    }

    fn nfeatures(&self) -> usize {
        self.column_count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_sorted_and_added_up() {
        let mut matrix = SparseMatrix::new(5);
        matrix.push_row(&mut [(4, 1.0), (1, 2.0), (4, 0.5)]).unwrap();
        matrix.push_row(&mut []).unwrap();
        matrix.push_row(&mut [(4, 3.0)]).unwrap();
        assert_eq!((matrix.row_count(), matrix.nsamples(), matrix.nfeatures(), matrix.entry_count()), (3, 3, 5, 3));
        assert_eq!(matrix.row(0), SparseRow { columns: &[1, 4], values: &[2.0, 1.5] });
        assert_eq!(matrix.row(1).columns, [0_u32; 0]);
        assert_eq!(matrix.row(2).columns, [4]);
        assert!((matrix.row(0).dot(&[9.0, 1.0, 9.0, 9.0, 2.0]) - 5.0).abs() < 1e-12);
        assert!((matrix.row(0).squared_norm() - 6.25).abs() < 1e-12);
    }

    #[test]
    fn a_bad_row_changes_nothing() {
        let mut matrix = SparseMatrix::new(2);
        assert_eq!(
            matrix.push_row(&mut [(0, 1.0), (2, 1.0)]),
            Err(SparseError::ColumnOutside { column: 2, columns: 2 })
        );
        assert_eq!(matrix.push_row(&mut [(1, f32::NAN)]), Err(SparseError::NotFinite { column: 1 }));
        assert_eq!(matrix, SparseMatrix::new(2));
    }
}
