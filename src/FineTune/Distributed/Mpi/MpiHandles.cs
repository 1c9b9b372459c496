using System.Runtime.InteropServices;

namespace FineTune.Distributed.Mpi;

/// <summary>
/// MPI's constants, which its standard leaves to each library: in Open MPI they are addresses of its variables, in MPICH and those with its
/// binary interface (Intel MPI, MVAPICH) whole numbers.
/// </summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="Float">MPI_FLOAT.</param>
/// <param name="Sum">MPI_SUM.</param>
/// <param name="InPlace">MPI_IN_PLACE.</param>
/// <param name="IgnoreStatus">MPI_STATUS_IGNORE.</param>
/// <param name="ReturnErrors">MPI_ERRORS_RETURN.</param>
internal sealed record MpiHandles(nint World, nint Byte, nint Float, nint Sum, nint InPlace, nint IgnoreStatus, nint ReturnErrors)
{
    /// <summary>Those of a library.</summary>
    public static MpiHandles Of(nint library) => NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var world)
        ? new(
            world,
            NativeLibrary.GetExport(library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(library, "ompi_mpi_float"),
            NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
            InPlace: 1,
            IgnoreStatus: 0,
            NativeLibrary.GetExport(library, "ompi_mpi_errors_return"))
        : new(
            World: 0x44000000,
            Byte: 0x4c00010d,
            Float: 0x4c00040a,
            Sum: 0x58000003,
            InPlace: -1,
            IgnoreStatus: 1,
            ReturnErrors: 0x54000001);
}
