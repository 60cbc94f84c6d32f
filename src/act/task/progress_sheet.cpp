// SPDX-License-Identifier: Apache-2.0
#include "act/task/progress_sheet.hpp"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "base/ids.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::task {
namespace {

namespace fs = std::filesystem;

struct Column {
  std::string_view zh, en;
  double width;  ///< in characters of the sheet's font
};
constexpr std::array<Column, 9> kGroupColumns = {{{"名称", "Name", 46},
                                                  {"任务总数", "Tasks", 10},
                                                  {"已办结", "Done", 10},
                                                  {"已报结", "Submitted", 10},
                                                  {"办理中", "In progress", 11},
                                                  {"未开始", "Not begun", 10},
                                                  {"逾期", "Late", 10},
                                                  {"临期", "Due soon", 10},
                                                  {"逾期办结", "Done late", 10}}};
constexpr std::array<Column, 12> kTaskColumns = {{{"序号", "No.", 6},
                                                  {"编号", "Number", 14},
                                                  {"任务事项", "Task", 44},
                                                  {"所属条线", "Line", 30},
                                                  {"责任单位", "Responsible unit", 18},
                                                  {"配合单位", "Supporting units", 18},
                                                  {"区市", "District", 14},
                                                  {"完成时限", "Due", 12},
                                                  {"状态", "State", 10},
                                                  {"进度（%）", "Percent", 10},
                                                  {"最新进展", "Last report", 36},
                                                  {"逾期原因", "Why late", 36}}};

/// A file of its own that goes with this object: the library writes files only.
class TemporaryFile {
 public:
  TemporaryFile()
      : m_path(fs::temp_directory_path() / ("jinglue-" + base::random_token(12) + ".xlsx")) {}
  ~TemporaryFile() {
    std::error_code gone;
    fs::remove(m_path, gone);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string name() const { return m_path.string(); }
  std::string bytes() const {
    std::ifstream in(m_path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  fs::path m_path;
};

class Sheet {
 public:
  Sheet(lxw_workbook* book, const std::string& name, lxw_format* head, lxw_format* cell)
      : m_sheet(workbook_add_worksheet(book, name.c_str())), m_head(head), m_cell(cell) {
    worksheet_set_paper(m_sheet, 9);  // A4
    worksheet_set_landscape(m_sheet);
    worksheet_fit_to_pages(m_sheet, 1, 0);
    worksheet_set_footer(m_sheet, "&C— &P —");
  }
  template <std::size_t N>
  void title(const std::string& text, lxw_format* format) {
    worksheet_merge_range(m_sheet, m_row, 0, m_row, lxw_col_t(N - 1), text.c_str(), format);
    ++m_row;
  }
  template <std::size_t N>
  void heads(const std::array<Column, N>& columns, bool english) {
    for (std::size_t i = 0; i < N; ++i) {
      const std::string name(english ? columns[i].en : columns[i].zh);
      worksheet_set_column(m_sheet, lxw_col_t(i), lxw_col_t(i), columns[i].width, nullptr);
      worksheet_write_string(m_sheet, m_row, lxw_col_t(i), name.c_str(), m_head);
    }
    ++m_row;
    worksheet_freeze_panes(m_sheet, m_row, 0);
    worksheet_repeat_rows(m_sheet, 0, m_row - 1);
    m_first = m_row;
  }
  Sheet& text(const std::string& value) {
    worksheet_write_string(m_sheet, m_row, m_column++, value.c_str(), m_cell);
    return *this;
  }
  Sheet& number(std::int64_t value) {
    worksheet_write_number(m_sheet, m_row, m_column++, double(value), m_cell);
    return *this;
  }
  void end_row() {
    ++m_row;
    m_column = 0;
  }
  void filter(std::size_t columns) {
    if (m_row > m_first)
      worksheet_autofilter(m_sheet, m_first - 1, 0, m_row - 1, lxw_col_t(columns - 1));
  }

 private:
  lxw_worksheet* m_sheet;
  lxw_format* m_head;
  lxw_format* m_cell;
  lxw_row_t m_row{0}, m_first{0};
  lxw_col_t m_column{0};
};

struct Formats {
  lxw_format *title, *head, *cell;
};

lxw_format* bordered(lxw_workbook* book) {
  lxw_format* out = workbook_add_format(book);
  format_set_border(out, LXW_BORDER_THIN);
  format_set_text_wrap(out);
  format_set_align(out, LXW_ALIGN_VERTICAL_CENTER);
  return out;
}

Formats formats_of(lxw_workbook* book) {
  Formats out{workbook_add_format(book), bordered(book), bordered(book)};
  format_set_bold(out.title);
  format_set_font_size(out.title, 16);
  format_set_align(out.title, LXW_ALIGN_CENTER);
  format_set_bold(out.head);
  format_set_align(out.head, LXW_ALIGN_CENTER);
  format_set_bg_color(out.head, 0xE4ECF3);
  return out;
}

class Book {
 public:
  Book(const Progress& progress, const registry::Registry& registry, bool english)
      : m_progress(progress), m_registry(registry), m_english(english) {
    for (const auto& group : progress.goals) m_goals[group.key] = group;
    for (const auto& group : progress.districts) m_districts[group.key] = group.name;
  }

  std::string bytes() {
    const TemporaryFile file;
    lxw_workbook* book = workbook_new(file.name().c_str());
    if (book == nullptr) throw base::WorldError("a spreadsheet cannot be made", file.name());
    const Formats formats = formats_of(book);
    groups(book, formats, say("条线进度", "Lines"), m_progress.goals);
    groups(book, formats, say("区市进度", "Districts"), m_progress.districts);
    groups(book, formats, say("单位进度", "Units"), m_progress.units);
    tasks(book, formats);
    const auto failed = workbook_close(book);
    if (failed != LXW_NO_ERROR)
      throw base::WorldError("a spreadsheet cannot be written", lxw_strerror(failed),
                             "check the free space of the folder for temporary files");
    return file.bytes();
  }

 private:
  std::string say(std::string_view zh, std::string_view en) const {
    return std::string(m_english ? en : zh);
  }
  const char* language() const { return m_english ? "en" : "zh"; }

  std::string goal_name(const Group& group) const {
    if (group.key.empty()) return say("（未归入条线）", "(no line)");
    return group.label.empty() ? group.name.in(language())
                               : group.label + " " + group.name.in(language());
  }
  std::string name_of(const Group& group) const {
    if (group.key.empty()) return say("（未明确）", "(not named)");
    return group.kind.empty() ? group.name.in(language()) : goal_name(group);
  }

  void counts(Sheet& sheet, const std::string& name, const Counts& c) const {
    sheet.text(name);
    for (const auto n :
         {c.total, c.done, c.submitted, c.doing, c.waiting, c.late, c.due_soon, c.done_late})
      sheet.number(std::int64_t(n));
    sheet.end_row();
  }

  void groups(lxw_workbook* book, const Formats& formats, const std::string& name,
              const std::vector<Group>& rows) const {
    Sheet sheet(book, name, formats.head, formats.cell);
    sheet.title<kGroupColumns.size()>(
        fmt::format("{} {}", name, say("（截至 ", "(") + m_progress.today + say("）", ")")),
        formats.title);
    sheet.heads(kGroupColumns, m_english);
    for (const auto& row : rows) counts(sheet, name_of(row), row.counts);
    counts(sheet, say("合计", "Total"), m_progress.all);
  }

  std::string state_name(const std::string& key) const {
    const auto* definition = m_registry.definition("task");
    const auto* state = definition == nullptr ? nullptr : definition->state(key);
    return state == nullptr ? key : state->name.in(language());
  }

  std::string why(const TaskStanding& task) const {
    if (task.standing != Standing::kLate) return {};
    std::string out =
        m_english ? fmt::format("{} days late", task.days) : fmt::format("逾期 {} 天", task.days);
    for (const auto& one : task.why) out += say("；", "; ") + one.text.in(language());
    return out;
  }

  void task_row(Sheet& sheet, const TaskStanding& task, std::int64_t n) const {
    const auto goal = m_goals.find(task.goal);
    const auto district = m_districts.find(task.district);
    sheet.number(n).text(task.number).text(task.title);
    sheet.text(goal == m_goals.end() ? std::string() : goal_name(goal->second));
    sheet.text(task.unit).text(task.units_helping);
    sheet.text(task.district.empty() || district == m_districts.end()
                   ? task.district
                   : district->second.in(language()));
    sheet.text(task.due).text(state_name(task.state));
    if (task.percent)
      sheet.number(*task.percent);
    else
      sheet.text({});
    const std::string day = task.last_day.empty() ? std::string() : task.last_day + " ";
    sheet.text(day + task.last_report).text(why(task));
    sheet.end_row();
  }

  void tasks(lxw_workbook* book, const Formats& formats) const {
    const std::string name = say("任务清单", "Tasks");
    Sheet sheet(book, name, formats.head, formats.cell);
    sheet.title<kTaskColumns.size()>(
        fmt::format("{} {}", name, say("（截至 ", "(") + m_progress.today + say("）", ")")),
        formats.title);
    sheet.heads(kTaskColumns, m_english);
    std::int64_t n = 0;
    for (const auto& task : m_progress.tasks) task_row(sheet, task, ++n);
    sheet.filter(kTaskColumns.size());
  }

  const Progress& m_progress;
  const registry::Registry& m_registry;
  bool m_english;
  std::map<std::string, Group> m_goals;
  std::map<std::string, base::Words> m_districts;
};

}  // namespace

std::string progress_sheet(const Progress& progress, const registry::Registry& registry,
                           std::string_view language) {
  return Book(progress, registry, language == "en").bytes();
}

}  // namespace jinglue::act::task
