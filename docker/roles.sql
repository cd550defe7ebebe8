-- Run once by the superuser, with psql, on a new server. `tsunagu prepare` then makes the tables as the owner and
-- grants the application what it may do: everything on the office's tables, only reading and adding on its history.
\set ON_ERROR_STOP on
\getenv owner_password TSUNAGU_OWNER_PASSWORD
\getenv app_password TSUNAGU_APP_PASSWORD
\getenv prefect_password PREFECT_DB_PASSWORD

CREATE ROLE tsunagu_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE tsunagu_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD :'app_password';
CREATE ROLE prefect LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'prefect_password';

CREATE DATABASE tsunagu OWNER tsunagu_owner ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE prefect OWNER prefect ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE tsunagu, prefect FROM PUBLIC;
GRANT CONNECT ON DATABASE tsunagu TO tsunagu_app;

\connect tsunagu
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- Nothing granted here lets the application create or change a table.
