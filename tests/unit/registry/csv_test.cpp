// SPDX-License-Identifier: Apache-2.0
// The guard of text cells that a spreadsheet would run.
#include "registry/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using namespace jinglue::registry;

TEST(CsvGuard, TextThatASpreadsheetWouldRunGetsAnApostrophe) {
  for (const char* text : {"=1+1", "+86 631", "-x", "@SUM(A1)", "\tx", "\rx", "=", "'=x", "''@"}) {
    EXPECT_EQ(guarded(text), "'" + std::string(text));
  }
  for (const char* text : {"", "a=b", "'", "''", "'quoted'", " =x", "鲁荣渔50001", "5-3"}) {
    EXPECT_EQ(guarded(text), text);
    EXPECT_EQ(unguarded(text), text);
  }
  EXPECT_EQ(unguarded("'=1+1"), "=1+1");
  EXPECT_EQ(unguarded("=1+1"), "=1+1") << "a file without guards";
}

RC_GTEST_PROP(CsvGuard, GivesEveryTextBackAndNeverBeginsAFormula, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("''''==+-@\t\r\nab ,\"")));
  const auto cell = guarded(text);
  RC_ASSERT(unguarded(cell) == text);
  RC_ASSERT(cell.empty() || std::string("=+-@\t\r").find(cell[0]) == std::string::npos);
}
