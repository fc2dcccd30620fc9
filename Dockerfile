# One image for Airflow's processes, the sandbox and the mail catcher; docker-compose.yml starts each with its own command.
FROM python:3.11.13-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DO_NOT_TRACK=1 \
    SCARF_NO_ANALYTICS=1 \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false

WORKDIR /opt/ecosystem

# What WeasyPrint draws the review packs with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

# The lock changes seldom: what it installs stays cached while the code changes.
COPY requirements.lock ./
RUN pip install --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY alerts/ alerts/
COPY config/ config/
COPY connectors/ connectors/
COPY dags/ dags/
COPY dbt_project/ dbt_project/
COPY ecosystem/ ecosystem/
COPY expectations/ expectations/
COPY publishing/ publishing/
COPY sandbox/ sandbox/
COPY warehouse/ warehouse/
RUN pip install --no-deps --no-build-isolation --editable .

# Volumes take the owner of the folders they are first mounted on.
RUN useradd --uid 10001 --create-home ecosystem \
    && mkdir -p /state /opt/airflow /mail \
    && chown ecosystem /state /opt/airflow /mail
USER ecosystem

ENV ECOSYSTEM_HOME=/state \
    AIRFLOW_HOME=/opt/airflow \
    PYTHONPATH=/opt/ecosystem \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/ecosystem/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False

CMD ["ecosystem", "--help"]
