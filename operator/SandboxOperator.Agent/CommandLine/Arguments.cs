using System.Globalization;

namespace SandboxOperator.Agent.CommandLine;

/// <summary>
/// The options of a command, <c>--name value</c> or <c>--name=value</c>. Reading an option consumes it, so that
/// <see cref="Finish"/> can name what nobody asked for.
/// </summary>
internal sealed class Arguments
{
    private readonly List<KeyValuePair<string, string?>> _options = [];
    private readonly List<string>? _rest;

    /// <exception cref="UsageException">Something stands where an option is expected.</exception>
    public Arguments(ReadOnlySpan<string> args, params ReadOnlySpan<string> flags)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var arg = args[i];
            if (arg == "--")
            {
                _rest = [.. args[(i + 1)..]];
                return;
            }

            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"'{arg}' is not an option; options look like --name VALUE");
            }

            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                _options.Add(new(arg[..equals], arg[(equals + 1)..]));
            }
            else if (flags.Contains(arg))
            {
                _options.Add(new(arg, null));
            }
            else
            {
                _options.Add(new(arg, i + 1 < args.Length && args[i + 1] != "--" ? args[++i] : null));
            }
        }
    }

    /// <summary>The option's value.</summary>
    /// <exception cref="UsageException">The option is absent, given twice, or has no value.</exception>
    public string Required(string name) => Optional(name) ?? throw new UsageException($"{name} is missing");

    /// <summary>The option's value, or null when it is absent.</summary>
    /// <exception cref="UsageException">The option is given twice or has no value.</exception>
    public string? Optional(string name) =>
        List(name) switch
        {
            [] => null,
            [var value] => value,
            _ => throw new UsageException($"{name} is given more than once"),
        };

    /// <summary>The values of an option that may be repeated.</summary>
    /// <exception cref="UsageException">One of them has no value.</exception>
    public IReadOnlyList<string> List(string name)
    {
        var values = new List<string>();
        foreach (var option in _options.Where(o => o.Key == name))
        {
            values.Add(
                string.IsNullOrEmpty(option.Value) ? throw new UsageException($"{name} needs a value") : option.Value
            );
        }

        _options.RemoveAll(o => o.Key == name);
        return values;
    }

    /// <summary>True when the flag is there.</summary>
    public bool Flag(string name) => _options.RemoveAll(o => o.Key == name) > 0;

    /// <summary>A whole number within bounds, or null when the option is absent.</summary>
    /// <exception cref="UsageException">It is not a whole number, or out of bounds.</exception>
    public long? Number(string name, long min = 1, long max = long.MaxValue)
    {
        if (Optional(name) is not { } text)
        {
            return null;
        }

        return
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
            ? number
            : throw new UsageException($"{name} must be a whole number from {min} to {max}, not '{text}'");
    }

    /// <summary>A decimal number above zero, or null when the option is absent.</summary>
    /// <exception cref="UsageException">It is not such a number.</exception>
    public double? Decimal(string name)
    {
        if (Optional(name) is not { } text)
        {
            return null;
        }

        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0
            && double.IsFinite(number)
            ? number
            : throw new UsageException($"{name} must be a number above 0, not '{text}'");
    }

    /// <summary>What follows <c>--</c> after the flag; empty when the flag is absent.</summary>
    /// <exception cref="UsageException">The flag is there and nothing follows it, or the other way round.</exception>
    public IReadOnlyList<string> Command(string flag) =>
        (Flag(flag), _rest) switch
        {
            (false, null) => [],
            (true, { Count: > 0 }) => _rest,
            (true, _) => throw new UsageException($"{flag} needs a command: {flag} -- COMMAND ARGS…"),
            _ => throw new UsageException($"a command after '--' needs {flag} before it"),
        };

    /// <summary>Checks that every option was read.</summary>
    /// <exception cref="UsageException">One was not: it is unknown.</exception>
    public void Finish()
    {
        if (_options.Count > 0)
        {
            throw new UsageException($"unknown option {_options[0].Key}");
        }
    }
}
