# The portal's own image: web, worker and the jobs before them. Nothing in it is secret.
FROM python:3.12-slim-bookworm

# WeasyPrint draws letters with Pango; libmagic says what an uploaded file is; pg_dump and
# pg_restore make and put back copies, and must be of the server's own version.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libmagic1 postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /portal
COPY requirements-web.lock ./
RUN pip install --require-hashes --requirement requirements-web.lock

COPY . ./
# Translations, fonts and style sheets, as they are served.
RUN python -m launcher.static && python -m compileall -q .

# Sealed files stand in /files, heads of the log in /heads, and so on: a new volume takes over owner
# and rights of its folder.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner=10001 --group=10001 --mode=0700 \
        /files /heads /ledger /backups /keys-backup
USER 10001

EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--no-ws", "--host=0.0.0.0", "--port=8000", "privacy_portal.wsgi:application"]
