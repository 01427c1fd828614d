# What compose.yaml changes in nginx.conf: two servers instead of one, asked in turn, and pictures from a bucket.
s|^\( *\)server 127\.0\.0\.1:8000 .*;|\1server app1:8000 max_fails=1 fail_timeout=2s;\n\1server app2:8000 max_fails=1 fail_timeout=2s;|
s|^\( *\)location ^~ /internal/media/ {|\1include /etc/nginx/pictures-in-a-bucket.conf;\n\n&|
