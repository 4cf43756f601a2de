import type { Places, Project } from "./places.js";

// The vendor's AllRolesProjectList (contract 2.9), of which the bridge reads id and title.
const COUNTS = [
  ...["finished_task_number", "ground_truth_number", "num_tasks_with_annotations", "queue_done", "queue_left"],
  ...["queue_total", "rejected", "review_total_tasks", "reviewed_number", "reviewer_queue_total", "task_number"],
  ...["skipped_annotations_number", "total_annotations_number", "total_predictions_number", "useful_annotation_number"],
];
const FLAGS = [
  ...["allow_stream", "config_has_control_tags", "config_suitable_for_bulk_annotation", "is_dimensions_enabled"],
  ...["ready", "start_training_on_annotation_update"],
];

export const projectRow = ({ id, title, workspace, members }: Project, places: Places) => ({
  ...Object.fromEntries(COUNTS.map((count) => [count, 0])),
  ...Object.fromEntries(FLAGS.map((flag) => [flag, false])),
  id,
  title,
  assignment_settings: null,
  blueprints: [],
  created_at: "2024-02-01T09:00:00Z",
  data_types: {},
  description_short: "",
  members: [],
  members_count: members.size,
  parsed_label_config: {},
  prompts: "",
  review_settings: null,
  state: "in progress",
  workspace,
  workspace_title: (workspace === null ? undefined : places.workspaces.get(workspace)?.title) ?? "",
});
