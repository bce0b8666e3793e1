-- Of both microservices, each in its own schema, which the role makes its tables in. It may run as often as one likes.

CREATE TABLE IF NOT EXISTS entries (
  id     uuid PRIMARY KEY, -- whoever sends an entry names it, so that it can be sent again
  day    date NOT NULL,
  amount numeric(15, 2) NOT NULL -- credits are above zero, debits below
);

-- What has to be published yet, written together with what it tells of: neither is there without the other.
CREATE TABLE IF NOT EXISTS outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  exchange text NOT NULL,
  id       uuid NOT NULL,
  body     text NOT NULL,
  headers  jsonb NOT NULL -- of tracing
);

-- What was taken into the balance, so that a message that comes twice counts once.
CREATE TABLE IF NOT EXISTS consumed (
  id uuid PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS balances (
  day     date PRIMARY KEY,
  balance numeric(15, 2) NOT NULL,
  entries integer NOT NULL
);
