// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// What the prover answers at two addresses: values that stand for every value, and a world that can be set.
interface Symbolic {
    function createUint256(string memory name) external pure returns (uint256);
    function createBytes32(string memory name) external pure returns (bytes32);
    function createAddress(string memory name) external pure returns (address);
    function createBool(string memory name) external pure returns (bool);
    function createBytes(uint256 length, string memory name) external pure returns (bytes memory);
    function createCalldata(string memory contractName) external pure returns (bytes memory);
    function enableSymbolicStorage(address account) external;
    function snapshotStorage(address account) external returns (bytes32);
}

interface World {
    function assume(bool condition) external pure;
    function getCode(string calldata what) external view returns (bytes memory);
    function prank(address sender) external;
    function prank(address sender, address origin) external;
    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 timestamp) external;
    function roll(uint256 number) external;
    function chainId(uint256 id) external;
}

Symbolic constant svm = Symbolic(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
World constant vm = World(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
