"""netspec from Python: a function for each command that works on specs and runs."""

from netspec.api.compressing import compress
from netspec.api.data_facts import data_facts
from netspec.api.demonstrating import demo
from netspec.api.exporting import export
from netspec.api.installation import doctor
from netspec.api.operations import try_operations
from netspec.api.saved_runs import compare, evaluate, find_run, list_trials, predict, report, runs
from netspec.api.scripts import script
from netspec.api.search import begin_search, find_study, open_search, resume_search, run_search, search
from netspec.api.specs import Spec, build, check, convert, diff, fix, fmt, plan
from netspec.api.training import resume, run
from netspec.api.trials import lr_find, overfit, smoke, verify_resume
from netspec.api.weights import fetch_weights, import_weights, list_weights, remove_weights

__all__ = [
    "Spec",
    "begin_search",
    "build",
    "check",
    "compare",
    "compress",
    "convert",
    "data_facts",
    "demo",
    "diff",
    "doctor",
    "evaluate",
    "export",
    "fetch_weights",
    "find_run",
    "find_study",
    "fix",
    "fmt",
    "import_weights",
    "list_trials",
    "list_weights",
    "lr_find",
    "open_search",
    "overfit",
    "plan",
    "predict",
    "remove_weights",
    "report",
    "resume",
    "resume_search",
    "run",
    "run_search",
    "runs",
    "script",
    "search",
    "smoke",
    "try_operations",
    "verify_resume",
]
