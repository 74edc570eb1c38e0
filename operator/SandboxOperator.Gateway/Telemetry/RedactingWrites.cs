using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Blots secrets out of every text that is written to the store, whichever table it is for.</summary>
internal sealed class RedactingWrites(Redactor redactor) : DbCommandInterceptor
{
    /// <summary>Shorter than anything that is worth hiding.</summary>
    private const int MinChars = 8;

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    )
    {
        Blot(command);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    )
    {
        Blot(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        Blot(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        Blot(command);
        return ValueTask.FromResult(result);
    }

    private void Blot(DbCommand command)
    {
        if (command.CommandText.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        // The only writer waits meanwhile: all texts of a write share one time.
        var search = redactor.Begin();
        foreach (DbParameter parameter in command.Parameters)
        {
            if (parameter.Value is string { Length: >= MinChars } text)
            {
                parameter.Value = search.ApplyToJson(text);
            }
        }
    }
}
