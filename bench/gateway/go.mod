module rondo/bench/gateway

go 1.19
