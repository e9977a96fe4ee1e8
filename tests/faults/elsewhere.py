"""Faults that are brought about where their subject is tested: each by its file and the test's name."""

from __future__ import annotations

_ENGINES, _WORKERS, _DASK = (
    "tests/policy/test_policy_engines.py",
    "tests/sources/test_sources_workers.py",
    "tests/sources/test_sources_workers_dask.py",
)
_STORE, _ORPHANS, _OUTPUT = (
    "tests/sources/test_sources_store.py",
    "tests/sources/test_sources_program_orphans.py",
    "tests/cli/test_cli_output.py",
)
ELSEWHERE = {
    "OPA ends at its start": (_ENGINES, "test_an_opa_that_ends_at_its_start_is_an_error_with_its_words"),
    "OPA is not on PATH": (_ENGINES, "test_without_opa_on_the_path_the_ways_out_are_named"),
    "OPA of a check that is killed": (_ENGINES, "test_no_opa_is_left_by_a_check_that_is_killed"),
    "a policy is undefined, or conflicts with itself": (
        _ENGINES,
        "test_a_policy_that_fails_leaves_the_others_their_results",
    ),
    "a policy does not compile": (_ENGINES, "test_a_policy_that_does_not_compile_is_an_error_of_the_run"),
    "an OPA server is left as it was": (_ENGINES, "test_an_opa_server_is_left_as_it_was"),
    "a worker process dies once": (_WORKERS, "test_a_stack_whose_worker_dies_once_is_tried_again"),
    "a worker process dies twice": (
        _WORKERS,
        "test_a_stack_whose_worker_dies_twice_is_not_evaluated_and_the_others_are",
    ),
    "a worker process hangs": (_WORKERS, "test_a_stack_that_hangs_is_not_evaluated_and_the_others_are"),
    "a worker is of another version": (_WORKERS, "test_a_worker_of_another_version_is_not_trusted"),
    "no Dask scheduler": (_WORKERS, "test_a_scheduler_that_does_not_answer_is_an_error_of_the_command_line"),
    "a Dask worker dies": (_DASK, "test_a_stack_whose_worker_dies_is_tried_again"),
    "a Dask worker hangs": (_DASK, "test_a_stack_that_hangs_is_not_evaluated_and_the_others_are"),
    "a Dask scheduler dies": (_DASK, "test_a_scheduler_that_is_lost_leaves_what_is_there_and_the_rest_not_evaluated"),
    "a Dask scheduler has no workers": (_DASK, "test_a_scheduler_without_workers_evaluates_nothing"),
    "a cache of somebody else": (_STORE, "test_a_folder_of_somebody_else_is_not_used"),
    "a cache's entry is moved or changed": (_STORE, "test_what_is_not_whole_is_not_there"),
    "programs of a check that is killed": (_ORPHANS, "test_a_program_ends_with_a_check_that_is_killed"),
    "a comparison is interrupted": (
        "tests/end_to_end/test_end_to_end_change.py",
        "test_an_interrupted_comparison_leaves_no_worktree_behind",
    ),
    "a graph's reader has gone": (_OUTPUT, "test_a_reader_that_has_gone_gets_no_traceback"),
    "a job summary cannot be written": (_OUTPUT, "test_a_job_summary_that_cannot_be_written_changes_no_verdict"),
}
