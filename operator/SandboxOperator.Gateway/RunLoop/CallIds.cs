using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// The ids of tool calls as answers show them. They follow from the place of the call, so that whoever continues a run
/// knows them again, and never repeat, as those of some upstream models do.
/// </summary>
internal static class CallIds
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>The id of a call.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="turn">The turn's index in the run.</param>
    /// <param name="call">The call's index in the turn.</param>
    public static string Of(string runId, int turn, int call)
    {
        var number = new BigInteger(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{runId}\n{turn}\n{call}")).AsSpan(0, 20),
            isUnsigned: true
        );
        Span<char> letters = stackalloc char[24];
        for (var index = 0; index < letters.Length; index++)
        {
            number = BigInteger.DivRem(number, Base62.Length, out var digit);
            letters[index] = Base62[(int)digit];
        }

        return $"call_{letters}";
    }
}
