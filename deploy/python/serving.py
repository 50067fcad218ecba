"""Exit 0 when the gRPC server at ADDRESS says that it is serving, 1 when not."""

import sys

import grpc

SERVING = b"\x08\x01"  # grpc.health.v1.HealthCheckResponse{status: SERVING}


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        try:
            answer = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=2)
        except grpc.RpcError:
            sys.exit(1)
    sys.exit(0 if answer == SERVING else 1)


if __name__ == "__main__":
    main()
