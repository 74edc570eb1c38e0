using SandboxOperator.Gateway.Uploads;

namespace SandboxOperator.Gateway.Files;

/// <summary>Deletes files and uploads whose time is over. Requests do not wait for it: to them, such are gone already.</summary>
internal sealed partial class FileExpiryLoop(
    FileService files,
    UploadService uploads,
    TimeProvider time,
    ILogger<FileExpiryLoop> logger
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                while (await files.DeleteExpiredAsync(stoppingToken) > 0) { }
                while (await uploads.ExpireAsync(stoppingToken) > 0) { }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Files that have expired could not be deleted; it is tried again in a minute.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
