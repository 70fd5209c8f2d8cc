"""The workbook, read back by another library: values, totals, text that stays text, and the same bytes every time."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from planner.pipeline import run
from planner.report.folder import file_hash
from planner.report.runs import read_manifest, read_plan, read_run_table
from planner.report.workbook import table as grid
from planner.report.workbook import write_workbook
from planner.report.workbook.table import heading, letters, number_format
from planner.report.workbook.trust import sourced
from tests.cases.build import demand, offer, power, settings, site, tables, throughput, write_case
from tests.cases.build import chip as chip_row
from tests.report.test_page import hostile
