using Prometheus;

namespace SandboxOperator.Gateway.Blobs;

internal static class BlobMetrics
{
    public static readonly Counter WrittenBytes = Metrics.CreateCounter(
        "sandbox_blob_written_bytes_total",
        "Bytes of files written to the disk."
    );

    public static readonly Counter ReadBytes = Metrics.CreateCounter(
        "sandbox_blob_read_bytes_total",
        "Bytes of files read from the disk, without those that the kernel sent by itself."
    );

    public static readonly Counter Deleted = Metrics.CreateCounter("sandbox_blob_deleted_total", "Blobs deleted.");
}
